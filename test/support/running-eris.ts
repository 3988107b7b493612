import { ApiClient } from './api-client.js';
import { type ApiProcess, spawnApi } from './api-process.js';
import { createTestDatabase, type TestDatabase } from './postgres.js';
import { spawnWorker, type WorkerProcess } from './worker-process.js';

/** Eris as it runs in earnest: API and worker processes from the build, over a database of its own. */
export interface RunningEris {
  readonly adminKey: string;
  readonly database: TestDatabase;
  readonly apis: readonly ApiProcess[];
  readonly workers: readonly WorkerProcess[];
  /** Where the first API process serves. */
  readonly url: string;
  readonly client: ApiClient;
  /** The figures of the first API process: `name` or `name{label="value"}`. */
  figures(): Promise<ReadonlyMap<string, number>>;
  /** Ends all processes and drops the database. */
  close(): Promise<void>;
}

export interface RunningErisOptions {
  readonly apis?: number;
  readonly workers?: number;
  /** Variables of all processes. */
  readonly env?: Readonly<Record<string, string>>;
}

const ADMIN_KEY = 'an-admin-key-for-tests-only-0123456789';

/** Starts the processes (`node scripts/setup.mjs` makes the build). Needs a Postgres: see createTestDatabase. */
export async function startEris({ apis: apiCount = 1, workers: workerCount = 1, env = {} }: RunningErisOptions = {}): Promise<RunningEris> {
  const database = await createTestDatabase();
  const all = { DATABASE_URL: database.url, REDIS_URL: process.env.REDIS_URL, ERIS_ADMIN_KEY: ADMIN_KEY, ...env };
  const apis = Array.from({ length: apiCount }, () => spawnApi(all));
  const workers = Array.from({ length: workerCount }, () => spawnWorker(all));
  const close = async (): Promise<void> => {
    await Promise.all([...apis, ...workers].map((each) => each.end('SIGKILL')));
    await database.drop();
  };
  try {
    const [url] = await Promise.all(apis.map((api) => api.url()));
    await Promise.all(workers.map((worker) => worker.ready()));
    const client = new ApiClient(url);
    return { adminKey: ADMIN_KEY, database, apis, workers, url, client, figures: () => figuresOf(client), close };
  } catch (cause) {
    await close();
    throw cause;
  }
}

async function figuresOf(client: ApiClient): Promise<ReadonlyMap<string, number>> {
  const { body } = await client.get('/metrics');
  const lines = String(body).matchAll(/^(\w+(?:\{[^}]*\})?) (\S+)$/gm);
  return new Map([...lines].map(([, name, value]) => [name, Number(value)]));
}
