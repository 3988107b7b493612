import { closeSync, constants, fstatSync, openSync, writeSync } from 'node:fs';
import { isatty } from 'node:tty';

/** What is kept for a reader that does not read, bytes; what comes after is lost. */
const KEPT_BYTES_MAX = 1_048_576;
const RETRY_EVERY_MS = 100;

/** What is done about output that nobody reads. */
export interface PatientOutputOptions {
  /** Hears once why nothing can be written any more. */
  readonly onLost?: (cause: NodeJS.ErrnoException) => void;
  /** What is said of lines that nobody read. */
  readonly missing?: (lines: number) => string;
}

const missingText = (lines: number): string => `eris: ${lines} lines are missing here: nobody read the output`;

/**
 * An output that never waits for its reader. A pipe that nobody reads is full after some 64 kB, and a terminal can be stopped: a process that
 * writes on stands still then, deaf to signals. Here what does not fit is kept and written when there is room again, up to a limit; past
 * that lines are lost, which the next line tells. Where the reader has gone everything is lost, and nothing else happens.
 *
 * Only a pipe or a terminal of Linux can be opened a second time, not to be waited for, without changing it for those who share it. Anything
 * else is written to as it is.
 */
export class PatientOutput {
  private readonly fd: number;
  private kept: Buffer[] = [];
  private keptBytes = 0;
  private lostLines = 0;
  private isOver = false;

  constructor(
    inherited: number,
    private readonly options: PatientOutputOptions = {},
  ) {
    this.fd = openWithoutWaiting(inherited) ?? inherited;
  }

  write(text: string): void {
    if (this.isOver) return;
    if (this.keptBytes === 0) return this.put(Buffer.from(text));
    if (this.keptBytes + text.length > KEPT_BYTES_MAX) this.lostLines += 1;
    else this.keep(Buffer.from(text));
  }

  private put(bytes: Buffer): void {
    try {
      const written = writeSync(this.fd, bytes);
      if (written < bytes.length) this.put(bytes.subarray(written));
    } catch (error) {
      const cause = error as NodeJS.ErrnoException;
      if (cause.code === 'EAGAIN') this.keep(bytes);
      else this.end(cause);
    }
  }

  private keep(bytes: Buffer): void {
    this.kept.push(bytes);
    this.keptBytes += bytes.length;
    if (this.kept.length === 1) setTimeout(() => this.retry(), RETRY_EVERY_MS).unref();
  }

  private retry(): void {
    const { kept, lostLines, options } = this;
    const { missing = missingText } = options;
    this.kept = [];
    this.keptBytes = 0;
    const words = lostLines > 0 ? `${missing(lostLines)}\n` : '';
    this.lostLines = 0;
    this.put(Buffer.concat([...kept, Buffer.from(words)]));
  }

  private end(cause: NodeJS.ErrnoException): void {
    this.isOver = true;
    this.options.onLost?.(cause);
  }
}

/** The same pipe or terminal, opened anew so that writing to it never waits; undefined where it is something else. */
function openWithoutWaiting(fd: number): number | undefined {
  try {
    if (!isatty(fd) && !fstatSync(fd).isFIFO()) return undefined;
    const own = openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    if (fstatSync(own).ino === fstatSync(fd).ino) return own;
    closeSync(own);
    return undefined;
  } catch {
    return undefined; // closed, of another user, or a system without /proc
  }
}
