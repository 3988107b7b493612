import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { EmbeddedPostgresError } from './error.js';

/** Where the data folder lies decides: what to say of each of the system's errors. */
const REMEDIES: Readonly<Record<string, string>> = {
  EROFS: 'it lies on a file system that can only be read. Set ERIS_DATA_DIR to a folder that can be written.',
  ENOSPC: 'the disk is full. Make room, or set ERIS_DATA_DIR to a folder on another disk.',
  EDQUOT: 'your share of the disk is used up. Make room, or set ERIS_DATA_DIR to a folder on another disk.',
  ELOOP: 'it is a link, and links are not followed here. Remove it, or set ERIS_DATA_DIR to another folder.',
  ENOTDIR: 'a part of its path is no folder. Set ERIS_DATA_DIR to a folder, or to where one can be made.',
  ENOENT: 'no folder can be made there. Set ERIS_DATA_DIR to a folder that can be written.',
  ENAMETOOLONG: 'its name is too long. Set ERIS_DATA_DIR to a shorter one.',
};

/** An error of the system about a file, in words for whoever starts Eris; any other error as it is. */
export async function explained(cause: unknown, dataDir: string): Promise<unknown> {
  const { code, path: file, syscall = '' } = cause as NodeJS.ErrnoException;
  if (cause instanceof EmbeddedPostgresError || code === undefined || file === undefined) return cause;
  if (isOnTheWay(file, dataDir) && (code === 'EACCES' || code === 'EPERM'))
    return new EmbeddedPostgresError(await noAccess(file, dataDir), { cause });
  if (!isOnTheWay(file, dataDir))
    return new EmbeddedPostgresError(`${file} cannot be used (${syscall}: ${code}): see what is the matter with it.`, { cause });
  const remedy = REMEDIES[code] ?? 'see what is the matter with it, or set ERIS_DATA_DIR to another folder.';
  return new EmbeddedPostgresError(`${file} cannot be used (${syscall}: ${code}): ${remedy}`, { cause });
}

/** Whether a file lies in the data folder, or the folder below it: another folder helps then, and nowhere else. */
function isOnTheWay(file: string, dataDir: string): boolean {
  return isIn(file, dataDir) || isIn(dataDir, file);
}

/** Whether a file is a folder or lies in it. */
function isIn(file: string, folder: string): boolean {
  const [at, above] = [path.resolve(file), path.resolve(folder)];
  return at === above || at.startsWith(path.join(above, path.sep));
}

/** Who is kept out of what, and what lets him in. */
async function noAccess(file: string, dataDir: string): Promise<string> {
  const found = await nearestOwner(file);
  const us = process.geteuid?.() ?? 0;
  const head = `${file} cannot be used: ${found?.at ?? file} belongs to`;
  if (found?.uid === us)
    return `${head} the user of this process, ${await nameOf(us)}, and the system forbids it all the same. Let him in with \`chmod ${isIn(found.at, dataDir) ? '-R ' : ''}u+rwX ${quoted(found.at)}\`; where its mode does, see its file system, or set ERIS_DATA_DIR to another folder. Nothing was changed.`;
  const owner = found === undefined ? 'another user' : await nameOf(found.uid);
  return `${head} ${owner}, and this process runs as ${await nameOf(us)}. ${remedyFor(dataDir, owner)} Nothing was changed.`;
}

/** Says how a folder of another user is made usable. */
export function remedyFor(dataDir: string, owner: string): string {
  const [uid, gid] = [process.geteuid?.() ?? 0, process.getegid?.() ?? 0];
  return `Run Eris as ${owner}, make the folder yours with \`sudo chown -R ${uid}:${gid} ${quoted(path.resolve(dataDir))}\`, or set ERIS_DATA_DIR to another folder.`;
}

/** The file itself, or the nearest folder above it that can be looked at. */
async function nearestOwner(file: string): Promise<{ at: string; uid: number } | undefined> {
  for (let at = path.resolve(file); ; at = path.dirname(at)) {
    try {
      return { at, uid: (await stat(at)).uid };
    } catch {
      if (path.dirname(at) === at) return undefined; // the root itself: nothing can be said
    }
  }
}

/** A user in words: the name too, where there is one. */
export async function nameOf(uid: number): Promise<string> {
  const line = (await readFile('/etc/passwd', 'utf8').catch(() => '')).split('\n').find((text) => text.split(':')[2] === String(uid)); // no list of names: the number alone
  return line === undefined ? `user ${uid}` : `user ${line.split(':')[0]} (${uid})`;
}

/** A path as a shell takes it. */
export const quoted = (text: string): string => (/^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);
