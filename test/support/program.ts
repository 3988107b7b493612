import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** What a program said and how it ended. */
export interface Ended {
  readonly code: number | null;
  readonly output: string;
  /** Lines that are not empty. */
  readonly lines: readonly string[];
}

const PROGRAMS = {
  api: [join('dist', 'apps', 'api', 'src', 'main.js')],
  worker: [join('dist', 'apps', 'worker', 'src', 'main.js')],
  migrate: [join('bin', 'eris.mjs'), 'migrate'],
  verify: [join('bin', 'eris.mjs'), 'verify', '--market', '1'],
} as const;
export type Program = keyof typeof PROGRAMS;

/** Runs one of Eris's programs, from the build, until it ends by itself: with nothing of this process's environment but the path. */
export function runToEnd(program: Program, env: Readonly<Record<string, string | undefined>>): Promise<Ended> {
  const { PATH } = process.env;
  const child = spawn(process.execPath, [...PROGRAMS[program]], { env: { PATH, PORT: '0', ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (output += text.toString()));
  return new Promise((resolve) =>
    child.once('close', (code) => resolve({ code, output, lines: output.split('\n').filter((line) => line.trim() !== '') })),
  );
}
