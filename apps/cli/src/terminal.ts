import { readFile, writeFile } from 'node:fs/promises';
import { SingleBar } from 'cli-progress';
import type { Screen } from './client/text.js';
import { textOf } from './text.js';

/** What a command may use of the world: made once in main.ts. */
export interface Terminal {
  readonly clock: { nowMs(): number };
  /** Standard output: results only. */
  out(text: string): void;
  /** Standard error: summaries, progress, faults. */
  err(text: string): void;
  readonly isErrTty: boolean;
}

/** What a command that starts processes may use besides. */
export interface HostTerminal extends Terminal {
  /** The time of day, ms since 1970. */
  wallMs(): number;
  /** What standard output is shown on. */
  readonly screen: Screen;
  /** Asks for a line without showing it; undefined where nobody can be asked. */
  readSecret(prompt: string): Promise<string | undefined>;
  /** The environment, for loadConfig and for the processes. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Calls back once when whoever read our output is gone. @returns how to stop watching. */
  onOutputLost(listener: () => void): () => void;
  /** Calls back once when npm has started this process and is gone; never where somebody else has. @returns how to stop watching. */
  onNpmLost(listener: () => void): () => void;
  /** Takes variables out of this process's environment, before libraries read them. */
  forgetVariables(isForgotten: (name: string) => boolean): void;
  /** Ends the process in a moment, should anything keep it from ending by itself. @param exitCode where none is set by then. */
  exitSoon(exitCode: number): void;
}

/** Exit codes of every command; `interrupted` is the shells' 128 + SIGINT. */
export const EXIT = { ok: 0, failed: 1, badInput: 2, interrupted: 130 } as const;

/** Bad input: each line says what is wrong and where. Ends the command with exit code 2. */
export class BadInput extends Error {
  override readonly name = 'BadInput';
  constructor(readonly lines: readonly string[]) {
    super(lines.join('\n'));
  }
}

/** Reads a whole file; `-` is standard input. @throws BadInput where it can't be read, or is no text in UTF-8. */
export async function readText(file: string): Promise<string> {
  const read = textOf(await readBytes(file));
  if (read.kind === 'fault') throw new BadInput([`${file}: ${read.fault}`]);
  return read.text;
}

async function readBytes(file: string): Promise<Buffer> {
  try {
    if (file !== '-') return await readFile(file);
    const chunks: Buffer[] = [];
    for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk as Uint8Array));
    return Buffer.concat(chunks);
  } catch (error) {
    throw new BadInput([`${file}: cannot be read: ${error instanceof Error ? error.message : String(error)}`]);
  }
}

/** Writes a whole file; `-` is standard output. */
export async function writeText(terminal: Terminal, file: string, text: string): Promise<void> {
  if (file === '-') terminal.out(text);
  else await writeFile(file, text);
}

/** A progress bar on standard error, where that is a terminal; otherwise nothing. */
export function progressOf(
  terminal: Terminal,
  { label, total }: { label: string; total: number },
): { update(done: number): void; stop(): void } {
  if (!terminal.isErrTty || total === 0) return { update: () => undefined, stop: () => undefined };
  const bar = new SingleBar({ format: `${label} {bar} {value}/{total}`, clearOnComplete: true, hideCursor: true, stream: process.stderr });
  bar.start(total, 0);
  return { update: (done) => bar.update(done), stop: () => bar.stop() };
}
