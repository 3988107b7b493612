import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, lchown, lstat, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { EmbeddedPostgresError } from './error.js';

/** Whom a file belongs to. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

const isAbsence = (cause: unknown): boolean => (cause as NodeJS.ErrnoException).code === 'ENOENT';

/** What is there, without following a link; undefined where nothing is. @throws the system's error where it cannot be known. */
export async function statIfThere(file: string): Promise<Awaited<ReturnType<typeof lstat>> | undefined> {
  try {
    return await lstat(file);
  } catch (cause) {
    if (isAbsence(cause)) return undefined;
    throw cause;
  }
}

/** Whether something is there. @throws the system's error where it cannot be known: that is no absence. */
export const exists = async (file: string): Promise<boolean> => (await statIfThere(file)) !== undefined;

/** A file's text; undefined where there is none. @throws the system's error where it cannot be read. */
export async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    if (isAbsence(cause)) return undefined;
    throw cause;
  }
}

/**
 * Makes a folder and those above it. Level by level: Node's own recursive way never ends where the system says that a folder's child is not
 * there and cannot be made, as in /proc.
 * @throws EmbeddedPostgresError where something that is no folder is in the way; the system's error otherwise.
 */
export async function makeFolder(folder: string): Promise<void> {
  const missing: string[] = [];
  for (let at = path.resolve(folder); ; at = path.dirname(at)) {
    const found = await targetIfThere(at);
    if (found?.isDirectory()) break;
    if (found) throw new EmbeddedPostgresError(`${at} is no folder. Set ERIS_DATA_DIR to a folder, or to where one can be made.`);
    missing.unshift(at);
  }
  for (const each of missing) await makeOne(each);
}

async function makeOne(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST' && (await stat(folder)).isDirectory()) return; // another start was quicker
    throw cause;
  }
}

/** What a path leads to, links followed. A folder below a file is not there either. */
async function targetIfThere(file: string): Promise<Awaited<ReturnType<typeof stat>> | undefined> {
  try {
    return await stat(file);
  } catch (cause) {
    if (isAbsence(cause) || (cause as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined;
    throw cause;
  }
}

/** Opens a file for reading and writing, which it makes for the owner where it is not there. Never through a link: the folder may be another user's. */
export async function openOwned(file: string, owner: Owner | undefined, flags = 0): Promise<FileHandle> {
  const handle = await open(file, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW | flags, 0o600);
  try {
    const { uid } = await handle.stat();
    if (owner && uid !== owner.uid) await handle.chown(owner.uid, owner.gid);
    return handle;
  } catch (cause) {
    await handle.close();
    throw cause;
  }
}

/** Writes a small file that only its owner reads, whole or not at all, and on the disk before it has its name. */
export async function writeWhole(file: string, text: string, owner?: Owner): Promise<void> {
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  const handle = await openOwned(draft, owner, constants.O_EXCL);
  try {
    await handle.writeFile(text);
    await handle.sync();
    await handle.close();
    await rename(draft, file);
  } catch (cause) {
    await handle.close();
    await rm(draft, { force: true });
    throw cause;
  }
  await syncFolder(path.dirname(file));
}

/** What a folder's names are is on the disk when this resolves. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Gives a folder and all that is in it to an owner; links themselves, not what they lead to. The folder last: while it is not his, somebody was
 * stopped in the middle, and the next one begins again.
 */
export async function giveTree(target: string, owner: Owner): Promise<void> {
  if ((await lstat(target)).isDirectory()) for (const name of await readdir(target)) await giveTree(path.join(target, name), owner);
  await lchown(target, owner.uid, owner.gid);
}
