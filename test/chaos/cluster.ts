import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createPool, type EmbeddedPostgres, migrate, startEmbeddedPostgres } from '#persistence';
import type { Pool } from 'pg';
import { ApiClient } from '../support/api-client.js';
import { type ApiProcess, spawnApi } from '../support/api-process.js';
import { freePort, type RedisProcess, spawnRedis } from '../support/queue.js';
import { type Scene, setScene } from '../support/scenes.js';
import { until } from '../support/until.js';
import { spawnWorker, type WorkerProcess } from '../support/worker-process.js';

const ADMIN_KEY = 'an-admin-key-for-chaos-only-0123456789';
const WORKERS = 2;
const CONNECTIONS = 4;
const ERRORS_SHOWN = 10;
const SCENES = [
  { name: 'first' },
  { name: 'second', funds: '20000' },
  { name: 'realtime', market: { clock: 'realtime', slotMinutes: 1 } },
] as const;

export type BellKind = 'Redis' | 'Postgres';

/** Everything that Eris consists of, each a process of its own on fixed ports: durable Postgres, perhaps Redis, one API, two workers. */
export class Cluster {
  readonly scenes: Scene[] = [];
  readonly workers: WorkerProcess[] = [];
  private readonly folder = mkdtempSync(join(tmpdir(), 'eris-chaos-'));
  private apiPort = 0;
  private api?: ApiProcess;
  private server!: EmbeddedPostgres;
  private auditPool!: Pool;
  redis?: RedisProcess;

  private constructor(readonly bell: BellKind) {}

  static async open(bell: BellKind): Promise<Cluster> {
    const installation = new Cluster(bell);
    for (const process of CLOCKED) installation.setClock(process, 0);
    installation.server = await startEmbeddedPostgres({ dataDir: installation.dataDir });
    installation.auditPool = createPool(installation.server.url, { max: CONNECTIONS, onLost: () => undefined });
    await migrate(installation.server.url);
    if (bell === 'Redis') installation.redis = await spawnRedis(await freePort());
    installation.apiPort = await freePort();
    await Promise.all([installation.startApi(), ...Array.from({ length: WORKERS }, () => installation.startWorker())]);
    for (const scene of SCENES)
      installation.scenes.push(await setScene(new ApiClient(installation.url), ADMIN_KEY, { sites: 4, funds: '100000000', ...scene }));
    return installation;
  }

  get url(): string {
    return `http://127.0.0.1:${this.apiPort}`;
  }

  get databaseUrl(): string {
    return this.server.url;
  }

  /** To look behind the API; not there while Postgres is away. */
  get pool(): Pool {
    return this.auditPool;
  }

  async startApi(): Promise<void> {
    this.api = spawnApi({ ...this.environment('api'), ERIS_ADMIN_KEY: ADMIN_KEY, PORT: String(this.apiPort) });
    await this.api.url();
  }

  async killApi(): Promise<void> {
    await this.api?.end('SIGKILL');
  }

  async startWorker(): Promise<void> {
    const worker = spawnWorker({ ...this.environment('worker'), ERIS_BATCH_MAX: '16' });
    await worker.ready();
    this.workers.push(worker);
  }

  async killWorker(worker: WorkerProcess): Promise<void> {
    this.workers.splice(this.workers.indexOf(worker), 1);
    await worker.end('SIGKILL');
  }

  /** The worker that holds a market at this moment, if any does, else the first. */
  async busyWorker(): Promise<WorkerProcess> {
    const { rows } = await this.pool.query<{ owner: string }>('SELECT owner FROM market_lease WHERE until > now() ORDER BY market_id');
    return this.workers.find(({ pid }) => rows.some(({ owner }) => owner.includes(`-${pid}-`))) ?? this.workers[0];
  }

  /** Kills the server with all its sessions. */
  async killPostgres(): Promise<void> {
    process.kill(Number.parseInt(readFileSync(join(this.dataDir, 'postgres', 'postmaster.pid'), 'utf8'), 10), 'SIGKILL');
    await this.server.ended;
  }

  async startPostgres(): Promise<void> {
    await this.server.restart();
  }

  /** Starts Redis where it was before. */
  async startRedis(): Promise<void> {
    if (this.redis) this.redis = await spawnRedis(this.redis.port);
  }

  /** Puts the time of day of the API or of the workers off by so much. */
  setClock(process: (typeof CLOCKED)[number], offsetMs: number): void {
    writeFileSync(this.clockFile(process), String(offsetMs));
  }

  /** What the processes said last, for whoever looks into a failure. */
  lastWords(): string {
    const tail = (text = ''): string => text.split('\n').slice(-8).join('\n');
    return [tail(this.api?.output()), ...this.workers.map((worker) => tail(worker.log()))].join('\n--\n');
  }

  /** What the API called its own mistakes, the last ones. */
  apiErrors(): string[] {
    return (this.api?.output() ?? '')
      .split('\n')
      .filter((line) => line.includes('"level":50'))
      .slice(-ERRORS_SHOWN);
  }

  async close(): Promise<void> {
    for (const worker of this.workers) worker.signal('SIGCONT');
    await Promise.all([this.api?.end('SIGKILL'), ...this.workers.map((worker) => worker.end('SIGKILL')), this.redis?.end()]);
    await this.auditPool.end();
    await this.server.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private get dataDir(): string {
    return join(this.folder, 'data');
  }

  private clockFile(process: string): string {
    return join(this.folder, `${process}.clock`);
  }

  private environment(process: (typeof CLOCKED)[number]): Record<string, string | undefined> {
    return {
      DATABASE_URL: this.server.url,
      REDIS_URL: this.redis?.url,
      ERIS_ORGANISATION_RATE_LIMIT_PER_SECOND: '0', // one tenant is all the load there is
      NODE_OPTIONS: `--import ${SHIFTING_CLOCK} --import ${STUCK_LOOP}`,
      ERIS_CHAOS_STUCK_MS: String(LEASE_OVER_MS),
      ERIS_CHAOS_CLOCK: this.clockFile(process),
    };
  }
}

const CLOCKED = ['api', 'worker'] as const;
const preload = (file: string): string => pathToFileURL(join(process.cwd(), 'test', 'chaos', file)).href;
const SHIFTING_CLOCK = preload('shifting-clock.mjs');
const STUCK_LOOP = preload('stuck-loop.mjs');
/** Longer than a worker's lease, ms. */
export const LEASE_OVER_MS = 6_500;

/** Waits until the database answers again. */
export const databaseAnswers = (pool: Pool): Promise<void> =>
  until(
    () =>
      pool.query('SELECT 1').then(
        () => true,
        () => false,
      ),
    { everyMs: 50, maxMs: 30_000 },
  );
