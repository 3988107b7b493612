import { close, constants, fstatSync, open } from 'node:fs';
import { PatientOutput } from '#process';
import { EXIT } from './terminal.js';

type Stream = NodeJS.WriteStream & { readonly fd: number };

const LOOK_EVERY_MS = 1_000;
const READER_GONE = 'EPIPE';
const TERMINAL_GONE = 'EIO';

/**
 * Standard output and standard error, which may end before we do: their reader goes (`| head`), the terminal is closed. Then what is said
 * goes nowhere, and nothing else happens, unless somebody wants to know.
 */
export class Output {
  private readonly listeners = new Set<() => void>();
  private readonly lost = new Set<Stream>();
  /** Words of a command that runs until it is told to end: results may wait for their reader, an end may not. */
  private patientWords?: PatientOutput;

  constructor(
    private readonly results: Stream,
    private readonly words: Stream,
  ) {
    for (const stream of [results, words]) stream.on('error', (cause: NodeJS.ErrnoException) => this.lose(stream, cause));
  }

  write(stream: Stream, text: string): void {
    if (this.lost.has(stream)) return;
    if (stream === this.words && this.patientWords) this.patientWords.write(text);
    else stream.write(text);
  }

  /**
   * Tells of the first stream that is lost: at a write, and where it is a pipe within a second even if nothing is written. From now on
   * words don't wait for their reader.
   */
  onLost(listener: () => void): () => void {
    this.patientWords ??= new PatientOutput(this.words.fd, { onLost: (cause) => this.lose(this.words, cause) });
    const once = (): void => {
      this.listeners.delete(once);
      listener();
    };
    this.listeners.add(once);
    const timer = setInterval(() => this.look(), LOOK_EVERY_MS);
    timer.unref();
    return () => {
      clearInterval(timer);
      this.listeners.delete(once);
    };
  }

  private lose(stream: Stream, cause: NodeJS.ErrnoException): void {
    this.lost.add(stream);
    if (this.listeners.size === 0) process.exitCode = this.exitCodeOf(stream, cause);
    for (const listener of [...this.listeners]) listener();
  }

  /** A reader that has seen enough (`eris simulate … | head`) is no failure of ours; results that could not be written are one. */
  private exitCodeOf(stream: Stream, { code, message }: NodeJS.ErrnoException): number | undefined {
    if (stream !== this.results || code === READER_GONE) return EXIT.ok;
    if (code !== TERMINAL_GONE) this.write(this.words, `eris: the output could not be written: ${message}\n`);
    return EXIT.failed;
  }

  /** Opening a pipe for writing says whether anybody has it open for reading; nothing is written. Only Linux names our own pipes. */
  private look(): void {
    for (const stream of [this.results, this.words]) {
      if (process.platform !== 'linux' || this.lost.has(stream) || !isPipe(stream)) continue;
      open(`/proc/self/fd/${stream.fd}`, constants.O_WRONLY | constants.O_NONBLOCK, (cause, fd) => {
        if (cause?.code === 'ENXIO') this.lose(stream, cause);
        if (cause === null) close(fd);
      });
    }
  }
}

function isPipe({ fd }: Stream): boolean {
  try {
    return fstatSync(fd).isFIFO();
  } catch {
    return false; // closed from the start
  }
}
