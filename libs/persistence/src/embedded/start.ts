import { realpath } from 'node:fs/promises';
import { createServer } from 'node:net';
import { type Binaries, prepareBinaries } from './binaries.js';
import { hasCluster, openCluster, pathsIn } from './cluster.js';
import { explained } from './fault.js';
import { makeFolder } from './files.js';
import { clearLeftover, takeServerLock } from './leftover.js';
import { type FolderLock, lockFolder } from './lock.js';
import { makeCluster } from './make-cluster.js';
import { HOST, type Server, type ServerOptions, startServer, urlOf } from './server.js';
import { findOwners, type Owners } from './server-user.js';

/** Where the embedded Postgres lives, and how it is run. */
export interface EmbeddedOptions {
  /** Where the data lie; made if need be. */
  readonly dataDir: string;
  /** A free one where it is not said. */
  readonly port?: number;
  /** More of Postgres's settings. Without `fsync` the data are thrown away after use. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Ends a start that is under way, in whatever phase. */
  readonly signal?: AbortSignal | undefined;
}

/** The embedded Postgres while it runs. */
export interface EmbeddedPostgres {
  /** Of the database `eris`, for its owner. Holds the password. */
  readonly url: string;
  readonly port: number;
  /** Resolves when the server has ended, whoever ended it; after a restart, when that one has. */
  readonly ended: Promise<void>;
  /** Starts a server that has ended once more: same folder, same port. @throws EmbeddedPostgresError where it does not start. */
  restart(): Promise<void>;
  /** Ends the server: transactions under way are rolled back. Resolves once no process of it is left, and gives the folder free. Safe to repeat. */
  stop(): Promise<void>;
}

/**
 * Starts a real PostgreSQL whose programs came by npm, on this machine's loopback only. Its data outlive it. The folder is this process's alone
 * from before anything in it is looked at until the end; what a killed process left in it is cleared away. The server gets no signals of
 * the terminal: it ends by `stop`.
 * @throws FolderInUse where another Eris has the folder; EmbeddedPostgresError saying why not, with the end of the server's log.
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  try {
    await makeFolder(options.dataDir);
    const root = await realpath(options.dataDir);
    const owners = await findOwners(root);
    const lock = await lockFolder(root, owners.folder);
    try {
      return await startIn(lock, owners, options);
    } catch (cause) {
      await lock.release();
      throw cause;
    }
  } catch (cause) {
    throw await explained(cause, options.dataDir);
  }
}

async function startIn(lock: FolderLock, owners: Owners, { port, settings = {}, signal }: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const { root } = lock;
  const serverLock = await takeServerLock(lock);
  try {
    const { folder, formerOwnerFile } = pathsIn(root);
    const isThere = await hasCluster(root);
    const binaries = await prepareBinaries(owners.server, root);
    if (!isThere) await makeCluster({ root, isThrowaway: settings.fsync === 'off', serverLock, signal }, binaries, owners.server);
    const cluster = await openCluster(root, binaries, owners.server);
    await clearLeftover(folder, formerOwnerFile);
    signal?.throwIfAborted();
    const how = { ...serverOptions(binaries, owners), cluster, port: port ?? (await freePort()), settings };
    const first = await startServer({ ...how, signal }, serverLock);
    await lock.note(how.port);
    return new Embedded(lock, how, first);
  } finally {
    await serverLock.close();
  }
}

const serverOptions = ({ postgres }: Binaries, { server, folder }: Owners) => ({ postgres, user: server, owner: folder });

/** The server of a folder that is ours. */
class Embedded implements EmbeddedPostgres {
  private readonly end = new AbortController();
  private starting: Promise<void> = Promise.resolve();
  private stopping?: Promise<void>;

  constructor(
    private readonly lock: FolderLock,
    private readonly how: ServerOptions,
    private server: Server,
  ) {}

  get url(): string {
    return urlOf(this.how.cluster, this.how.port);
  }

  get port(): number {
    return this.how.port;
  }

  get ended(): Promise<void> {
    return this.server.ended;
  }

  restart(): Promise<void> {
    this.starting = this.startAgain();
    return this.starting;
  }

  stop(): Promise<void> {
    this.stopping ??= this.stopAll();
    return this.stopping;
  }

  private async startAgain(): Promise<void> {
    const serverLock = await takeServerLock(this.lock); // once the helpers of the one before are gone
    try {
      const { folder, formerOwnerFile } = pathsIn(this.lock.root);
      await clearLeftover(folder, formerOwnerFile);
      this.end.signal.throwIfAborted();
      this.server = await startServer({ ...this.how, signal: this.end.signal }, serverLock);
    } finally {
      await serverLock.close();
    }
  }

  private async stopAll(): Promise<void> {
    this.end.abort();
    try {
      await this.starting.catch(() => undefined); // told to whoever restarted it
      await this.server.stop();
    } finally {
      await this.lock.release();
    }
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, HOST, () => {
      const address = probe.address();
      probe.close(() => (address !== null && typeof address === 'object' ? resolve(address.port) : reject(new Error('no free port'))));
    });
  });
}
