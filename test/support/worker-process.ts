import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { until } from './until.js';

/** A worker as it runs in earnest: a process of its own. */
export interface WorkerProcess {
  readonly pid: number | undefined;
  /** Its log so far, one JSON object a line. */
  log(): string;
  ready(): Promise<void>;
  signal(signal: 'SIGSTOP' | 'SIGCONT' | 'SIGWINCH'): void;
  /** Sends a signal and waits for the end. @returns the exit code, or null where the signal ended it. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null>;
  /** @returns the exit code once it has ended by itself. */
  ended(): Promise<number | null>;
}

const MAIN = join(process.cwd(), 'dist', 'apps', 'worker', 'src', 'main.js');
const READY_MS_MAX = 60_000;

/** Starts a worker from the build (`node scripts/setup.mjs` makes it). */
export function spawnWorker(env: Readonly<Record<string, string | undefined>>): WorkerProcess {
  const { PATH } = process.env;
  const child: ChildProcess = spawn(process.execPath, [MAIN], { env: { PATH, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  child.stdout?.on('data', (text: Buffer) => (log += text.toString()));
  child.stderr?.on('data', (text: Buffer) => (log += text.toString()));
  const exit = new Promise<number | null>((resolve) => child.once('exit', resolve));
  return {
    pid: child.pid,
    log: () => log,
    ready: () => until(() => log.includes('worker ready') || child.exitCode !== null, { everyMs: 10, maxMs: READY_MS_MAX }),
    signal: (signal) => void child.kill(signal),
    end: (signal) => {
      child.kill(signal);
      return exit;
    },
    ended: () => exit,
  };
}
