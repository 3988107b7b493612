import { spawn } from 'node:child_process';
import { ERIS } from './eris-command.js';

/** What a command has said and how it has ended. */
export interface CliEnd {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface CliOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly input?: string;
  readonly cwd?: string;
  /** Runs in a terminal of its own of so many columns; what is said and shown comes as one. */
  readonly columns?: number;
}

const PATIENCE_MS = 60_000;

/** Runs a command of `eris` as people run it: a process, with nothing of this one's environment but the path. */
export function runCli(args: readonly string[], { env, input, cwd, columns }: CliOptions): Promise<CliEnd> {
  const plain = [process.execPath, ERIS, ...args];
  const quoted = plain.map((each) => `'${each.replaceAll("'", `'\\''`)}'`).join(' ');
  const [command = '', ...rest] = columns === undefined ? plain : ['script', '-qefc', `stty cols ${columns}; ${quoted}`, '/dev/null'];
  const { PATH } = process.env;
  const child = spawn(command, rest, { env: { PATH, SHELL: '/bin/sh', TERM: 'xterm', ...env }, cwd, stdio: ['pipe', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.on('data', (text: Buffer) => (out += text.toString()));
  child.stderr.on('data', (text: Buffer) => (err += text.toString()));
  if (columns === undefined || input !== undefined) child.stdin.end(input ?? '');
  const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
  return new Promise((resolve) =>
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve({ code, out, err });
    }),
  );
}
