import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { prepareBinaries } from './binaries.js';
import { identityOf, openCluster, SERVER_ENVIRONMENT, SUPERUSER, type Cluster } from './cluster.js';
import { EmbeddedPostgresError } from './error.js';
import { clearLeftover } from './leftover.js';
import { endServer } from './processes.js';
import { findServerUser } from './server-user.js';

const HOST = '127.0.0.1';
const DATABASE = 'eris';
/** Longer than a recovery after a crash takes, ms. */
const START_MS_MAX = 60_000;
const LOOK_EVERY_MS = 50;
const LOG_LINES = 12;

export interface EmbeddedOptions {
  /** Where the data lie; made if need be. */
  readonly dataDir: string;
  /** A free one where it is not said. */
  readonly port?: number;
  /** More of Postgres's settings. Without `fsync` the data are thrown away after use. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface EmbeddedPostgres {
  /** Of the database `eris`, for its owner. Holds the password. */
  readonly url: string;
  readonly port: number;
  /** Resolves when the server has ended, whoever ended it. */
  readonly ended: Promise<void>;
  /** Ends the server: transactions under way are rolled back. Resolves once no process of it is left. Safe to repeat. */
  stop(): Promise<void>;
}

/**
 * Starts a real PostgreSQL whose programs came by npm, on this machine's loopback only. Its data outlive it. What a killed process left
 * in the data folder is cleared away first. The server gets no signals of the terminal: it ends by `stop`.
 * @throws EmbeddedPostgresError saying why not, with the end of the server's log.
 */
export async function startEmbeddedPostgres({ dataDir, port, settings = {} }: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const user = await findServerUser();
  const binaries = await prepareBinaries(user);
  const cluster = await openCluster({ dataDir, isThrowaway: settings.fsync === 'off' }, binaries, user);
  await clearLeftover(cluster);
  await writeFile(cluster.ownerFile, `${process.pid}\n`);
  const chosenPort = port ?? (await freePort());
  const child = await spawnServer(binaries.postgres, cluster, { port: chosenPort, identity: identityOf(user), settings });
  const ended = once(child, 'exit').then(() => undefined);
  const stop = async (): Promise<void> => {
    if (child.pid !== undefined) await endServer(child.pid, () => child.exitCode !== null || child.signalCode !== null);
    await rm(cluster.ownerFile, { force: true });
  };
  try {
    await makeDatabase(cluster, child, chosenPort);
  } catch (cause) {
    await stop();
    throw cause;
  }
  return { url: urlOf(cluster, chosenPort, DATABASE), port: chosenPort, ended, stop };
}

/** For many small transactions: dead rows are looked for every few seconds, and checkpoints are rarer than bursts of bids. */
const STEADY = { autovacuum_naptime: '5s', max_wal_size: '4GB', shared_buffers: '256MB' } as const;

interface ServerOptions {
  readonly port: number;
  readonly identity: { uid?: number; gid?: number };
  readonly settings: Readonly<Record<string, string>>;
}

async function spawnServer(
  postgres: string,
  { folder, pgData, logFile }: Cluster,
  { port, identity, settings }: ServerOptions,
): Promise<ChildProcess> {
  const all = { listen_addresses: HOST, port: String(port), unix_socket_directories: '', max_connections: '200', ...STEADY, ...settings };
  const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const log = await open(logFile, 'a', 0o600);
  try {
    const child = spawn(postgres, ['-D', pgData, ...flags], {
      cwd: folder,
      ...identity,
      env: SERVER_ENVIRONMENT,
      stdio: ['ignore', log.fd, log.fd],
      detached: true,
    });
    await once(child, 'spawn');
    return child;
  } finally {
    await log.close();
  }
}

/** Waits until the server answers, and makes the database where there is none. */
async function makeDatabase(cluster: Cluster, child: ChildProcess, port: number): Promise<void> {
  const client = await connect(cluster, child, port);
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  } finally {
    await client.end();
  }
}

async function connect(cluster: Cluster, child: ChildProcess, port: number): Promise<pg.Client> {
  for (let waitedMs = 0; waitedMs < START_MS_MAX; waitedMs += LOOK_EVERY_MS) {
    if (child.exitCode !== null || child.signalCode !== null) break;
    try {
      const client = new pg.Client({ connectionString: urlOf(cluster, port, 'postgres') });
      await client.connect();
      return client;
    } catch (failure) {
      if (!isStillStarting(failure)) throw failure;
      await sleep(LOOK_EVERY_MS);
    }
  }
  throw new EmbeddedPostgresError(
    `The embedded Postgres did not start. The end of ${cluster.logFile}:\n${await lastLines(cluster.logFile)}`,
  );
}

/** Nobody listens yet, or Postgres says that it is starting up (SQLSTATE 57P03). */
const isStillStarting = (failure: unknown): boolean =>
  ['ECONNREFUSED', 'ECONNRESET', '57P03'].includes(String((failure as { code?: unknown }).code));

const urlOf = ({ password }: Cluster, port: number, database: string): string =>
  `postgresql://${SUPERUSER}:${password}@${HOST}:${port}/${database}`;

const lastLines = async (file: string): Promise<string> =>
  (await readFile(file, 'utf8')).trimEnd().split('\n').slice(-LOG_LINES).join('\n');

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, HOST, () => {
      const address = probe.address();
      probe.close(() => (address !== null && typeof address === 'object' ? resolve(address.port) : reject(new Error('no free port'))));
    });
  });
}
