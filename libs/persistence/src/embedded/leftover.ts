import { type FileHandle, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { at } from '#units';
import { EmbeddedPostgresError } from './error.js';
import { readIfThere } from './files.js';
import { beganTicks, type FolderLock, type Note, openServerLock, readServerNote, realm } from './lock.js';
import { endServer, isAlive, processesIn } from './processes.js';

/** What a server's helpers take to notice that it is gone, and more, ms. */
const HELPERS_MS_MAX = 10_000;
const LOOK_EVERY_MS = 25;

/**
 * Takes the lock that the server's processes hold. Processes of an earlier server whose Eris is gone are ended first, where they can be
 * seen; nobody else can still want them, since the folder is ours.
 * @throws EmbeddedPostgresError where they are in another container, or do not end. Nothing has been changed then.
 */
export async function takeServerLock(lock: FolderLock): Promise<FileHandle> {
  let handle = await openServerLock(lock);
  if (handle) return handle;
  const isFree = async (): Promise<boolean> => (handle ??= await openServerLock(lock)) !== undefined;
  const note = await readServerNote(lock);
  const left = await findServer(lock, note);
  if (left !== undefined) await endServer(left, isFree);
  for (let waitedMs = 0; !(await isFree()) && waitedMs < HELPERS_MS_MAX; waitedMs += LOOK_EVERY_MS) await sleep(LOOK_EVERY_MS);
  if (handle) return handle;
  throw new EmbeddedPostgresError(leftMessage(lock.root, note, left));
}

/** The process that was given the lock, or else one that works in the server's folder. */
async function findServer({ root }: FolderLock, { pid, beganTicks: began, realm: theirs }: Note): Promise<number | undefined> {
  if (pid !== undefined && theirs === (await realm()) && isAlive(pid) && (await beganTicks(pid)) === began) return pid;
  const folders = [path.join(root, 'postgres'), path.join(root, 'postgres.new', 'data')];
  return (await Promise.all(folders.map(processesIn))).flat().at(0);
}

function leftMessage(root: string, { pid, host }: Note, found: number | undefined): string {
  if (found !== undefined) return `A Postgres of an earlier run in ${root} does not end (process ${found}). End it by hand.`;
  return `A Postgres of an earlier run still works in ${root}, where this process does not see it (process ${pid ?? 'unknown'} on ${host ?? 'an unknown host'}, in another container or on another machine). End it there; nothing was changed.`;
}

/**
 * Clears away what an earlier server wrote of itself: a process id that nobody has any more, that somebody else now has, or half a file,
 * as after a loss of power. We hold both locks, so no server of ours runs; one that an older version left behind is ended.
 * @throws EmbeddedPostgresError where a server runs that is not ours to end.
 */
export async function clearLeftover(folder: string, ownerFile: string): Promise<void> {
  const pidFile = path.join(folder, 'postmaster.pid');
  const owner = await readIfThere(ownerFile);
  const running = process.platform === 'linux' ? await processesIn(folder) : await namedIn(pidFile, owner);
  if (running.length > 0) await endOlder(folder, { running, owner });
  await rm(pidFile, { force: true });
  await rm(ownerFile, { force: true });
}

/** Where there is no list of processes to look at: the one that an older version's server names, if anybody has that id. */
async function namedIn(pidFile: string, owner: string | undefined): Promise<number[]> {
  const pid = owner === undefined ? 0 : Number.parseInt((await readIfThere(pidFile)) ?? '', 10);
  return pid > 0 && isAlive(pid) ? [pid] : [];
}

/** Versions before the locks wrote the process id of whoever started the server into a file. */
async function endOlder(folder: string, { running, owner }: { running: readonly number[]; owner: string | undefined }): Promise<void> {
  const starter = Number.parseInt(owner ?? '', 10);
  if (owner === undefined || (starter > 0 && isAlive(starter)))
    throw new EmbeddedPostgresError(
      `A Postgres that this Eris did not start (processes ${running.join(', ')}) works in ${folder}. Stop it, or set ERIS_DATA_DIR to another folder.`,
    );
  const isOver = async (): Promise<boolean> => ![...running, ...(await processesIn(folder))].some(isAlive);
  if (await endServer(at(running, 0), isOver)) return;
  throw new EmbeddedPostgresError(
    `A Postgres of an earlier run in ${folder} does not end (processes ${running.join(', ')}). End it by hand.`,
  );
}
