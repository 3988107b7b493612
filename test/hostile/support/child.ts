import { spawn } from 'node:child_process';
import { join } from 'node:path';

const FOLDER = join(process.cwd(), 'test', 'hostile');
/** How long a child may take to end by itself beyond the time that it was given, ms. */
const GRACE_MS = 20_000;

/**
 * Runs a script of test/hostile in a process of its own. It is told what to do by one JSON argument, `ms` in it says for how long, and the last
 * line that it prints is its report.
 */
export async function runChild<Report>(script: string, task: { readonly ms: number } & Readonly<Record<string, unknown>>): Promise<Report> {
  const { PATH } = process.env;
  const child = spawn(process.execPath, [join(FOLDER, script), JSON.stringify(task)], { env: { PATH }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '',
    errors = '';
  child.stdout.on('data', (text: Buffer) => (output += text.toString()));
  child.stderr.on('data', (text: Buffer) => (errors += text.toString()));
  const timer = setTimeout(() => child.kill('SIGKILL'), task.ms + GRACE_MS);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  clearTimeout(timer);
  const last = output.trimEnd().split('\n').at(-1);
  if (code !== 0 || !last) throw new Error(`${script} ended with ${code}: ${errors || output}`);
  return JSON.parse(last) as Report;
}
