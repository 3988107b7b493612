import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { until } from './until.js';

/** `eris start` as a person runs it: the command, and all that it starts. */
export interface StartedEris {
  /** Standard output and error together. */
  readonly output: () => string;
  /** Where it serves, once it does. */
  url(): Promise<string>;
  /** SIGTERM, and the exit code. */
  stop(): Promise<number | null>;
}

const BIN = join(process.cwd(), 'bin', 'eris.mjs');
const READY_MS_MAX = 120_000;

/** Starts it on a free port. @param env beside PATH and HOME. */
export function startEris(env: Readonly<Record<string, string>>): StartedEris {
  const { PATH, HOME } = process.env;
  const child: ChildProcess = spawn(process.execPath, [BIN, 'start'], {
    env: { PATH, HOME, PORT: '0', LOG_LEVEL: 'warn', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text: Buffer) => (output += text.toString()));
  const exit = new Promise<number | null>((resolve) => child.once('close', resolve));
  const urlIn = (): string | undefined => /^ {2}API +(http\S+)\/v1$/m.exec(output)?.[1];
  const isOver = (): boolean => child.exitCode !== null || child.signalCode !== null;
  return {
    output: () => output,
    url: async () => {
      await until(() => output.includes('Ctrl-C') || isOver(), { everyMs: 50, maxMs: READY_MS_MAX });
      const url = urlIn();
      if (url === undefined || isOver()) throw new Error(`eris start has ended: ${output}`);
      return url;
    },
    stop: () => {
      child.kill('SIGTERM');
      return exit;
    },
  };
}
