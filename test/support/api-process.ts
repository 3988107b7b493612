import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { until } from './until.js';

/** The API as it runs in earnest: a process of its own, from the build. */
export interface ApiProcess {
  readonly output: () => string;
  /** Where it serves, once it does. */
  url(): Promise<string>;
  /** Sends a signal and waits for the end. @returns the exit code. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null>;
  /** @returns the exit code once it has ended by itself. */
  ended(): Promise<number | null>;
}

const MAIN = join(process.cwd(), 'dist', 'apps', 'api', 'src', 'main.js');
const READY_MS_MAX = 60_000;

/** Starts the API on a free port (`node scripts/setup.mjs` makes the build). */
export function spawnApi(env: Readonly<Record<string, string | undefined>>): ApiProcess {
  const { PATH } = process.env;
  const child: ChildProcess = spawn(process.execPath, [MAIN], { env: { PATH, PORT: '0', ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout?.on('data', (text: Buffer) => (output += text.toString()));
  child.stderr?.on('data', (text: Buffer) => (output += text.toString()));
  const exit = new Promise<number | null>((resolve) => child.once('close', resolve));
  const urlIn = (): string | undefined => /"url":"([^"]+)","msg":"serving"/.exec(output)?.[1];
  return {
    output: () => output,
    url: async () => {
      await until(() => urlIn() !== undefined || child.exitCode !== null, { everyMs: 20, maxMs: READY_MS_MAX });
      const url = urlIn();
      if (url === undefined) throw new Error(`the API did not start: ${output}`);
      return url;
    },
    end: (signal) => {
      child.kill(signal);
      return exit;
    },
    ended: () => exit,
  };
}
