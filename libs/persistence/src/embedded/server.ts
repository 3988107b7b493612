import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { once } from 'node:events';
import { type FileHandle, readFile, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { codesOf, createSession, type SessionClient, troubleOf } from '#postgres';
import type { Cluster } from './cluster.js';
import { SUPERUSER } from './cluster.js';
import { EmbeddedPostgresError } from './error.js';
import { quoted } from './fault.js';
import { openOwned, type Owner, statIfThere } from './files.js';
import { guardServer } from './guard.js';
import { writeServerNote } from './lock.js';
import { SERVER_ENVIRONMENT } from './make-cluster.js';
import { endServer } from './processes.js';
import type { ServerUser } from './server-user.js';

/** Where the embedded server listens: this machine only. */
export const HOST = '127.0.0.1';
const DATABASE = 'eris';
/** Longer than a recovery after a crash takes, ms. */
const START_MS_MAX = 60_000;
const LOOK_EVERY_MS = 50;
const LOG_LINES = 12;
/** For many small transactions: dead rows are looked for every few seconds, and checkpoints are rarer than bursts of bids. */
const STEADY = { autovacuum_naptime: '5s', max_wal_size: '4GB', shared_buffers: '256MB' } as const;
/** Postgres: the password is not the one of the role. */
const WRONG_PASSWORD = '28P01';

/** What the embedded server is started with. */
export interface ServerOptions {
  readonly postgres: string;
  readonly cluster: Cluster;
  readonly user: ServerUser;
  /** Of the data folder; the log is his. */
  readonly owner: Owner | undefined;
  readonly port: number;
  readonly settings: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

interface Starting extends ServerOptions {
  /** The length of the log before this start. */
  readonly logBytes: number;
}

/** A server that runs, or has. */
export interface Server {
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts the server and waits until its database can be used. Its processes take over the server's lock; the given one is closed.
 * @throws EmbeddedPostgresError with the end of its log where it does not start; the signal's reason where that came. It has ended then.
 */
export async function startServer(options: ServerOptions, serverLock: FileHandle): Promise<Server> {
  const logBytes = (await statIfThere(options.cluster.logFile))?.size ?? 0;
  const child = await spawnServer(options, serverLock);
  const guard = await guardServer(child.pid ?? 0);
  const ended = once(child, 'exit').then(() => guard.dismiss());
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const stop = async (): Promise<void> => {
    if (child.pid !== undefined) await endServer(child.pid, hasEnded);
  };
  try {
    await makeDatabase({ ...options, logBytes: Number(logBytes) }, hasEnded);
  } catch (cause) {
    await stop();
    throw cause;
  }
  return { ended, stop };
}

async function spawnServer(
  { postgres, cluster, user, owner, port, settings }: ServerOptions,
  serverLock: FileHandle,
): Promise<ChildProcess> {
  const all = { listen_addresses: HOST, port: String(port), unix_socket_directories: '', max_connections: '200', ...STEADY, ...settings };
  const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const log = await openOwned(cluster.logFile, owner, constants.O_APPEND);
  try {
    const child = spawn(postgres, ['-D', cluster.pgData, ...flags], {
      cwd: cluster.folder,
      ...user,
      env: SERVER_ENVIRONMENT,
      stdio: ['ignore', log.fd, log.fd, serverLock.fd],
      detached: true,
    });
    await once(child, 'spawn');
    await writeServerNote(serverLock, child.pid ?? 0);
    return child;
  } finally {
    await log.close();
    await serverLock.close();
  }
}

/** Waits until the server answers, and makes the database where there is none. */
async function makeDatabase(options: Starting, hasEnded: () => boolean): Promise<void> {
  const client = await connect(options, hasEnded);
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  } finally {
    await client.end();
  }
}

async function connect({ cluster, port, signal, user, logBytes }: Starting, hasEnded: () => boolean): Promise<SessionClient> {
  for (let waitedMs = 0; waitedMs < START_MS_MAX && !hasEnded(); waitedMs += LOOK_EVERY_MS) {
    signal?.throwIfAborted();
    try {
      const client = createSession(urlOf(cluster, port, 'postgres'), { application: 'eris-start' });
      await client.connect();
      return client;
    } catch (failure) {
      if (codesOf(failure).includes(WRONG_PASSWORD)) throw wrongPassword(cluster, failure);
      if (isKeptOut(String(failure))) throw await failedStart(cluster, user, logBytes);
      if (troubleOf(failure) !== 'away') throw failure; // nobody listens yet, or Postgres says that it is starting up
      await sleep(LOOK_EVERY_MS);
    }
  }
  throw await failedStart(cluster, user, logBytes);
}

/** What Postgres says where a file of its data is not for its user. */
const isKeptOut = (said: string): boolean => /Permission denied/.test(said);

/** The end of what this run's server has said, and what mends it where files are kept from it. */
async function failedStart({ folder, logFile }: Cluster, user: ServerUser, logBytes: number): Promise<EmbeddedPostgresError> {
  const said = (await readFile(logFile)).subarray(logBytes).toString('utf8').trimEnd().split('\n');
  const { uid, gid } = user ?? (await stat(folder));
  const remedy = said.some(isKeptOut)
    ? ` Files in ${folder} are kept from it. Mend the folder with \`chown -R ${uid}:${gid} ${quoted(folder)}\` (as root) and \`chmod -R u+rwX ${quoted(folder)}\`.`
    : '';
  return new EmbeddedPostgresError(
    `The embedded Postgres did not start.${remedy} The end of ${logFile}:\n${said.slice(-LOG_LINES).join('\n')}`,
  );
}

const wrongPassword = ({ folder, passwordRemedy }: Cluster, cause: unknown): EmbeddedPostgresError =>
  new EmbeddedPostgresError(`The embedded Postgres in ${folder} does not take the password that is kept for it. ${passwordRemedy}`, {
    cause,
  });

/** Of a database, for its owner. Holds the password, and that no encryption is asked for: the server has none. */
export const urlOf = ({ password }: Pick<Cluster, 'password'>, port: number, database = DATABASE): string =>
  `postgresql://${SUPERUSER}:${encodeURIComponent(password)}@${HOST}:${port}/${database}?sslmode=disable`;
