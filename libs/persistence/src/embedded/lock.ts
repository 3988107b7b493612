import { type FileHandle, lstat, readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { EmbeddedPostgresError } from './error.js';
import { openOwned, type Owner } from './files.js';

/** Held by the Eris that uses the folder, for as long as it lives. */
const HOLDER_FILE = 'eris.lock';
/** Held by the server's processes (and by initdb): it tells that some are left when their Eris is gone. */
const SERVER_FILE = 'postgres.lock';
const TEXT_BYTES_MAX = 4_096;
const ATTEMPTS_MAX = 10;

/** What who holds a lock has written into its file. Nothing of it is certain: only the lock is. */
export interface Note {
  readonly pid?: number;
  /** When the process began, in the kernel's ticks: another one with the same id has another. */
  readonly beganTicks?: string | undefined;
  readonly host?: string;
  /** Which processes can see each other: boot and namespace. Empty where the system has no such thing. */
  readonly realm?: string;
  readonly since?: string;
  readonly port?: number;
}

/** The exclusive use of a data folder, given by the kernel: it ends with this process, however that ends. */
export interface FolderLock {
  readonly root: string;
  readonly owner: Owner | undefined;
  /** Gives the folder free. */
  release(): Promise<void>;
  /** Says where the server listens. */
  note(port: number): Promise<void>;
}

/**
 * Takes a data folder for this process, before anything in it is read, made or removed. Works across containers, mounts and users, since
 * the kernel keeps the lock with the file.
 * @throws EmbeddedPostgresError naming who has it, where another Eris does.
 */
export async function lockFolder(root: string, owner: Owner | undefined): Promise<FolderLock> {
  const file = path.join(root, HOLDER_FILE);
  const handle = await openLocked(file, owner);
  if (handle === undefined) throw await inUse(root, await readNote(file));
  const note = { pid: process.pid, host: hostname(), realm: await realm() };
  const since = await writeNote(handle, note);
  return {
    root,
    owner,
    release: async () => {
      await handle.truncate(0);
      await handle.close();
    },
    note: async (port) => void (await writeNote(handle, { ...note, since, port })),
  };
}

/** Another Eris has the data folder. */
export class FolderInUse extends EmbeddedPostgresError {
  /** @param port where that one's server listens, on its machine; undefined where it does not say, or is on another. */
  constructor(
    message: string,
    readonly port: number | undefined,
  ) {
    super(message);
  }
}

/** The lock for the server's processes, open, to be handed to them; undefined where processes of an earlier server still have it. */
export const openServerLock = ({ root, owner }: FolderLock): Promise<FileHandle | undefined> =>
  openLocked(path.join(root, SERVER_FILE), owner);

/** What the earlier server's Eris has written of it. */
export const readServerNote = ({ root }: FolderLock): Promise<Note> => readNote(path.join(root, SERVER_FILE));

/** Says which process was given the server's lock. */
export async function writeServerNote(handle: FileHandle, pid: number): Promise<void> {
  await writeNote(handle, { pid, beganTicks: await beganTicks(pid), host: hostname(), realm: await realm() });
}

/** Opens a file and locks it. A file that was removed meanwhile locks nothing, so it is looked for again. */
async function openLocked(file: string, owner: Owner | undefined): Promise<FileHandle | undefined> {
  const tryLock = await loadTryLock();
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const handle = await openOwned(file, owner);
    try {
      if (!tryLock(handle.fd)) {
        await handle.close();
        return undefined;
      }
      const [opened, named] = [await handle.stat(), await lstat(file)];
      if (opened.ino === named.ino && opened.dev === named.dev) return handle;
    } catch (cause) {
      await handle.close();
      const { code } = cause as NodeJS.ErrnoException;
      if (code === 'ENOENT') continue;
      throw new EmbeddedPostgresError(
        `${file} cannot be locked (${code ?? String(cause)}): its file system has no locks. Set ERIS_DATA_DIR to a folder on a local disk, or DATABASE_URL.`,
        { cause },
      );
    }
    await handle.close();
  }
  throw new EmbeddedPostgresError(`${file} is removed again and again while it is being locked. See who does that.`);
}

async function loadTryLock(): Promise<(fd: number) => boolean> {
  try {
    return (await import('fs-native-extensions')).tryLock;
  } catch (cause) {
    throw new EmbeddedPostgresError(
      `The data folder cannot be locked on this machine (${process.platform} ${process.arch}: ${String(cause)}). Install the dependencies again, or set DATABASE_URL.`,
      { cause },
    );
  }
}

/** In place: a file with another inode would be another lock. @returns since when the note says: now, by the file system's clock, where it does not. */
async function writeNote(handle: FileHandle, note: Note): Promise<string> {
  await handle.truncate(0);
  await handle.write('\n', 0);
  const since = note.since ?? (await handle.stat()).mtime.toISOString();
  await handle.write(`${JSON.stringify({ ...note, since })}\n`, 0);
  return since;
}

async function readNote(file: string): Promise<Note> {
  const text = (await readFile(file, 'utf8')).slice(0, TEXT_BYTES_MAX);
  try {
    const note: unknown = JSON.parse(text);
    return typeof note === 'object' && note !== null ? note : {};
  } catch {
    return {}; // cut short, or just being written: the lock says what matters
  }
}

async function inUse(root: string, { pid, host, realm: theirs, since, port }: Note): Promise<FolderInUse> {
  const isNear = theirs === (await realm());
  const where = isNear ? '' : ' in another container or on another machine';
  const who = pid === undefined ? '' : ` (process ${pid} on ${host ?? 'an unknown host'}${where}, since ${since ?? 'an unknown time'})`;
  const message = `Another Eris${who} uses the data folder ${root}. Stop that one, or set ERIS_DATA_DIR to another folder. Nothing was changed.`;
  return new FolderInUse(message, isNear ? port : undefined);
}

/** What tells this kernel since its boot, and the namespace of process ids, from all others. */
export async function realm(): Promise<string> {
  if (process.platform !== 'linux') return hostname();
  return `${(await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim()} ${await readlink('/proc/self/ns/pid')}`;
}

/** When a process began; undefined where it is gone, or the system does not say. */
export async function beganTicks(pid: number): Promise<string | undefined> {
  const text = process.platform === 'linux' ? await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined) : undefined; // gone
  const BEGAN = 19; // of the fields after the name, which is in parentheses and may hold anything
  return text?.slice(text.lastIndexOf(')') + 2).split(' ')[BEGAN];
}
