import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type KnownKinds, standardKinds } from '#kinds';
import { EnsureAdminKey } from '#market';
import { clockOf } from '#runtime';
import type { Pool } from 'pg';
import { pino } from 'pino';
import { type ApiSettings, createApplication } from '../../apps/api/src/index.js';
import { openWorker } from '../../apps/worker/src/index.js';
import { ApiClient } from './api-client.js';
import { createTestDatabase } from './postgres.js';

/** The real application with a real worker, on a database of its own. */
export interface TestApi {
  readonly client: ApiClient;
  readonly adminKey: string;
  /** To look behind the API. */
  readonly pool: Pool;
  readonly databaseUrl: string;
  close(): Promise<void>;
}

const clock = clockOf(() => Date.now());
const logger = pino({ level: process.env.LOG_LEVEL ?? 'error' });

export interface TestApiOptions {
  /** Whether bids are decided; they are unless said otherwise. */
  readonly worker?: boolean;
  /** How the application reaches the database, where that is not straight. */
  readonly by?: (databaseUrl: string) => string | Promise<string>;
  /** Settings that differ from those of all tests. */
  readonly settings?: Partial<ApiSettings>;
  /** The kinds of jobs that are sold; those of Eris unless others are given. */
  readonly known?: KnownKinds;
}

/** The queue is Redis where REDIS_URL is set, else Postgres. */
export async function startTestApi({
  worker: withWorker = true,
  by = (url) => url,
  settings,
  known,
}: TestApiOptions = {}): Promise<TestApi> {
  const database = await createTestDatabase();
  const databaseUrl = await by(database.url);
  const redis = redisSite();
  const app = await openTestApp(databaseUrl, settings, known);
  const admin = await app.get(EnsureAdminKey).run();
  if (admin.kind !== 'made') throw new Error('a new database has no key yet');
  await app.listen(0, '127.0.0.1');
  const worker = withWorker ? await startWorker(databaseUrl, redis, known) : undefined;
  const close = async (): Promise<void> => {
    await app.close();
    await worker?.close();
    await database.drop();
  };
  return { client: new ApiClient(await app.getUrl()), adminKey: admin.plain, pool: database.pool, databaseUrl: database.url, close };
}

/** Another instance over a database that has one already. */
export async function startSibling(
  databaseUrl: string,
  settings?: Partial<ApiSettings>,
): Promise<{ client: ApiClient; close(): Promise<void> }> {
  const app = await openTestApp(databaseUrl, settings);
  await app.listen(0, '127.0.0.1');
  return { client: new ApiClient(await app.getUrl()), close: () => app.close() };
}

const redisSite = (): { redisUrl?: string } => (process.env.REDIS_URL ? { redisUrl: process.env.REDIS_URL } : {});

function openTestApp(
  databaseUrl: string,
  settings: Partial<ApiSettings> = {},
  known: KnownKinds = { kinds: standardKinds() },
): Promise<NestFastifyApplication> {
  const all = {
    databaseUrl,
    ...redisSite(),
    connections: 8,
    thinkThreads: 1,
    bookCellsMax: 1_000_000,
    accept: { waitMs: 2, queueMax: 10_000 },
    bodyLimitBytes: 4 * 1024 * 1024,
    version: 'test',
    ...settings,
  };
  return createApplication(all, { clock, randomBytes, logger }, known);
}

async function startWorker(
  databaseUrl: string,
  redis: { redisUrl?: string },
  known: KnownKinds = { kinds: standardKinds() },
): Promise<{ close(): Promise<void> }> {
  const settings = {
    databaseUrl,
    ...redis,
    owner: `test-${randomBytes(6).toString('hex')}`,
    connections: 6,
    leaseMs: 10_000,
    batchMax: 256,
    concurrency: 4,
    thinkThreads: 1,
    bookCellsMax: 1_000_000,
  };
  return openWorker(settings, { clock, logger, ...known });
}
