import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { until } from './until.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The command line as people run it: a process of its own, with all that it starts. */
export interface ErisCommand {
  readonly pid: number;
  readonly child: ChildProcess;
  /** Everything that it and its services have said so far. */
  output(): string;
  /** Where it serves, once it does. @throws Error with the output where it has ended before. */
  url(): Promise<string>;
  /** Sends a signal and waits for the end. @returns the exit code. */
  end(signal?: NodeJS.Signals): Promise<number | null>;
  /** @returns the exit code once it has ended by itself. */
  ended(): Promise<number | null>;
}

export interface CommandOptions {
  readonly env: Environment;
  /** What runs it: `unshare …`, `setpriv …`, `nohup`. */
  readonly wrapper?: readonly string[];
  /** The command of Eris; `start` where it is not said. */
  readonly args?: readonly string[];
}

const SERVING_MS_MAX = 90_000;
export const ERIS = join(process.cwd(), 'bin', 'eris.mjs');

/** Runs `eris start`, or another command, with nothing of this process's environment but the path. */
export function runEris({ env, wrapper = [], args = ['start'] }: CommandOptions): ErisCommand {
  const [command, ...rest] = [...wrapper, process.execPath, ERIS, ...args];
  const { PATH, HOME } = process.env;
  const child = spawn(command, rest, { env: { PATH, HOME, PORT: '0', LOG_LEVEL: 'warn', ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (output += text.toString()));
  const exit = new Promise<number | null>((resolve) => child.once('close', resolve));
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const urlIn = (): string | undefined => /API +(http\S+)\/v1/.exec(output)?.[1];
  return {
    pid: child.pid ?? 0,
    child,
    output: () => output,
    url: async () => {
      await until(() => urlIn() !== undefined || hasEnded(), { everyMs: 50, maxMs: SERVING_MS_MAX });
      const url = urlIn();
      if (url === undefined) throw new Error(`eris did not start: ${output}`);
      return url;
    },
    end: (signal = 'SIGTERM') => {
      child.kill(signal);
      return exit;
    },
    ended: () => exit,
  };
}

/** The processes of a data folder's server: those that work in it. */
export function serverProcesses(dataDir: string): number[] {
  const folder = join(dataDir, 'postgres');
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && workingFolder(name) === folder)
    .map(Number);
}

function workingFolder(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return ''; // gone
  }
}

/** A process and all that it started, and they. */
export function descendants(pid: number): number[] {
  const parents = new Map(
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((name) => [Number(name), parentOf(name)]),
  );
  const found = [pid];
  for (const each of found) for (const [child, parent] of parents) if (parent === each) found.push(child);
  return found;
}

function parentOf(pid: string): number {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return 0; // gone
  }
}

export const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
