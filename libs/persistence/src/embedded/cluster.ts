import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Binaries } from './binaries.js';
import { EmbeddedPostgresError } from './error.js';
import { isReachable, type ServerUser } from './server-user.js';

export const SUPERUSER = 'eris';
/** All that the server sees of our environment: its messages are in English, its times in UTC. */
export const SERVER_ENVIRONMENT = { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/local/bin:/usr/bin:/bin' };
/** A process's working folder by a path that leads through no other folder. */
const WORKING_FOLDER = '/proc/self/cwd';

/** The files of one server. */
export interface Cluster {
  /** Absolute, links resolved. */
  readonly folder: string;
  /** What the server is told as its folder; see `serverPath`. */
  readonly pgData: string;
  readonly password: string;
  readonly logFile: string;
  /** Holds the process id of whoever started the server. */
  readonly ownerFile: string;
}

export interface ClusterOptions {
  readonly dataDir: string;
  /** Whether new files need not outlive a crash of the machine. */
  readonly isThrowaway: boolean;
}

/** Finds the files of a data folder's server; makes them where there are none. */
export async function openCluster({ dataDir, isThrowaway }: ClusterOptions, binaries: Binaries, user: ServerUser): Promise<Cluster> {
  await mkdir(dataDir, { recursive: true });
  const root = await realpath(dataDir);
  const folder = path.join(root, 'postgres');
  const passwordFile = path.join(root, 'postgres.password');
  if (!(await exists(path.join(folder, 'PG_VERSION')))) await makeCluster({ root, folder, passwordFile, isThrowaway }, binaries, user);
  await checkVersion(folder, binaries);
  return {
    folder,
    pgData: await serverPath(folder, user),
    password: (await readFile(passwordFile, 'utf8')).trim(),
    logFile: path.join(root, 'postgres.log'),
    ownerFile: path.join(root, 'postgres.owner'),
  };
}

interface NewCluster {
  readonly root: string;
  readonly folder: string;
  readonly passwordFile: string;
  readonly isThrowaway: boolean;
}

/** Made aside and then renamed: a folder is never half-made. */
async function makeCluster({ root, folder, passwordFile, isThrowaway }: NewCluster, { initdb }: Binaries, user: ServerUser): Promise<void> {
  const draft = path.join(root, 'postgres.new');
  const [data, password] = [path.join(draft, 'data'), path.join(draft, 'password')];
  await rm(draft, { recursive: true, force: true });
  await mkdir(data, { recursive: true, mode: 0o700 });
  await writeFile(password, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
  if (user) for (const file of [draft, data, password]) await chown(file, user.uid, user.gid);
  const pgData = await serverPath(data, user);
  const flags = [
    `--pgdata=${pgData}`,
    `--username=${SUPERUSER}`,
    '--auth=scram-sha-256',
    `--pwfile=${pgData}/../password`,
    '--encoding=UTF8',
    '--no-locale',
  ];
  await runToEnd(initdb, [...flags, ...syncFlags(isThrowaway)], data, user);
  if (user) await chown(password, process.getuid?.() ?? 0, process.getgid?.() ?? 0);
  await rename(password, passwordFile);
  await rename(data, folder);
  await rm(draft, { recursive: true });
}

/** One call for all files where the system has it: a call for each takes seconds. */
function syncFlags(isThrowaway: boolean): string[] {
  if (isThrowaway) return ['--no-sync'];
  return process.platform === 'linux' ? ['--sync-method=syncfs'] : [];
}

/** Where the server's user cannot enter all folders on the way, the server is started in its folder and told so. */
async function serverPath(folder: string, user: ServerUser): Promise<string> {
  if (user === undefined || (await isReachable(folder))) return folder;
  if (process.platform === 'linux') return WORKING_FOLDER;
  throw new EmbeddedPostgresError(
    `The user ${user.name}, whom Postgres runs as, cannot enter ${folder}. Set ERIS_DATA_DIR to a folder that everybody can enter, or DATABASE_URL.`,
  );
}

async function checkVersion(folder: string, { major }: Binaries): Promise<void> {
  const found = (await readFile(path.join(folder, 'PG_VERSION'), 'utf8')).trim();
  if (found === major) return;
  throw new EmbeddedPostgresError(
    `The data in ${folder} are of PostgreSQL ${found}; this Eris brings ${major}. Dump them with ${found} and restore them, or set ERIS_DATA_DIR to another folder.`,
  );
}

function runToEnd(command: string, flags: readonly string[], cwd: string, user: ServerUser): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, flags, { cwd, ...identityOf(user), env: SERVER_ENVIRONMENT, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0 ? resolve() : reject(new EmbeddedPostgresError(`${path.basename(command)} failed (${code}): ${said.trim()}`)),
    );
  });
}

/** The part of spawn's options that says whom to run as. */
export const identityOf = (user: ServerUser): { uid?: number; gid?: number } => (user ? { uid: user.uid, gid: user.gid } : {});

const exists = async (file: string): Promise<boolean> => (await stat(file).catch(() => undefined)) !== undefined;
