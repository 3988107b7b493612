import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type FileHandle, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import path from 'node:path';
import { type Binaries } from './binaries.js';
import { pathsIn, removeDraft, serverPath, SUPERUSER } from './cluster.js';
import { EmbeddedPostgresError } from './error.js';
import { giveTree, type Owner, syncFolder, writeWhole } from './files.js';
import { writeServerNote } from './lock.js';
import type { ServerUser } from './server-user.js';

/** All that the server's programs see of our environment: their messages are in English, their times in UTC. */
export const SERVER_ENVIRONMENT = { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/local/bin:/usr/bin:/bin' };
const NOBODY = 65_534;

/** How the embedded server's files are made. */
export interface MakeOptions {
  readonly root: string;
  /** Whether new files need not outlive a crash of the machine. */
  readonly isThrowaway: boolean;
  /** The server's lock, which the programs inherit: while they work, the folder is taken. */
  readonly serverLock: FileHandle;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Makes a new server's data aside, password included, and then gives them their name in one step: they are there whole, or not at all.
 * @throws EmbeddedPostgresError with what initdb said; the signal's reason where that came.
 */
export async function makeCluster(options: MakeOptions, binaries: Binaries, user: ServerUser): Promise<void> {
  const { root, isThrowaway } = options;
  const { draft, folder } = pathsIn(root);
  await removeDraft(root);
  try {
    const data = path.join(draft, 'data');
    const password = `${randomBytes(24).toString('base64url')}\n`;
    const maker = await makerFor(user);
    await mkdir(data, { recursive: true, mode: 0o700 });
    await writeFile(path.join(draft, 'password'), password, { mode: 0o600 });
    if (maker.identity) await giveTree(draft, maker.identity);
    await runInitdb(options, binaries, maker);
    await writeWhole(path.join(data, path.basename(pathsIn(root).passwordFile)), password);
    if (user) await giveTree(data, user);
    await rename(data, folder);
    if (!isThrowaway) await syncFolder(root);
  } finally {
    await removeDraft(root);
  }
}

async function runInitdb({ root, isThrowaway, serverLock, signal }: MakeOptions, { initdb }: Binaries, maker: Maker): Promise<void> {
  const data = path.join(pathsIn(root).draft, 'data');
  const pgData = await serverPath(data, maker.identity);
  const flags = [
    `--pgdata=${pgData}`,
    `--username=${SUPERUSER}`,
    '--auth=scram-sha-256',
    `--pwfile=${pgData}/../password`,
    '--encoding=UTF8',
    '--no-locale',
    ...syncFlags(isThrowaway),
  ];
  const [command = initdb, ...args] = [...maker.prefix, initdb, ...flags];
  const child = spawn(command, args, {
    cwd: data,
    ...maker.identity,
    env: SERVER_ENVIRONMENT,
    stdio: ['ignore', 'ignore', 'pipe', serverLock.fd],
    detached: true,
  });
  await untilMade(child, { serverLock, signal, remedy: maker.remedy });
}

async function untilMade(
  child: ChildProcess,
  { serverLock, signal, remedy }: Pick<MakeOptions, 'serverLock' | 'signal'> & Pick<Maker, 'remedy'>,
): Promise<void> {
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text));
  const closed = codeOf(child);
  const terminate = (): void => void (child.pid !== undefined && process.kill(-child.pid, 'SIGTERM'));
  signal?.addEventListener('abort', terminate, { once: true });
  try {
    if (child.pid !== undefined) await writeServerNote(serverLock, child.pid);
    const end = await closed;
    signal?.throwIfAborted();
    if (end !== 0) throw new EmbeddedPostgresError(`The embedded Postgres could not be made (${end}). ${said.trim()}${remedy}`);
  } finally {
    signal?.removeEventListener('abort', terminate);
  }
}

/** How a program ended: its exit code, a signal, or why it could not be started. */
async function codeOf(child: ChildProcess): Promise<number | string> {
  try {
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
    return code ?? String(signal);
  } catch (cause) {
    return String(cause);
  }
}

/** Who runs initdb, and how. It asks the system for its user's name, which not every user has. */
interface Maker {
  readonly identity: Owner | undefined;
  readonly prefix: readonly string[];
  /** What to say where it fails. */
  readonly remedy: string;
}

/** A user without a name is lent another one's: by root, who gives the data away afterwards, or in a namespace where he is nobody. */
async function makerFor(user: ServerUser): Promise<Maker> {
  if (process.platform !== 'linux' || (await hasName(user))) return { identity: user, prefix: [], remedy: '' };
  if (user) return { identity: { uid: NOBODY, gid: NOBODY }, prefix: [], remedy: '' };
  const [uid, gid] = [process.geteuid?.() ?? 0, process.getegid?.() ?? 0];
  return {
    identity: undefined,
    prefix: ['unshare', '--user', `--map-user=${NOBODY}`, '--'],
    remedy: `\nThe user ${uid} has no name on this system, and Postgres asks for one when its data are made. Add one (as root: echo 'eris:x:${uid}:${gid}::/tmp:/bin/sh' >> /etc/passwd), run Eris as a user who has one, or set DATABASE_URL.`,
  };
}

/** Our own name may come from anywhere (a directory service, for one); another user's is looked for in the system's file only. */
async function hasName(user: ServerUser): Promise<boolean> {
  if (user) return (await readFile('/etc/passwd', 'utf8')).split('\n').some((line) => line.split(':')[2] === String(user.uid));
  try {
    return userInfo().username !== '';
  } catch {
    return false; // that is how Node says it
  }
}

/** One call for all files where the system has it: a call for each takes seconds. */
function syncFlags(isThrowaway: boolean): string[] {
  if (isThrowaway) return ['--no-sync'];
  return process.platform === 'linux' ? ['--sync-method=syncfs'] : [];
}
