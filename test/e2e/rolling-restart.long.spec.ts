import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import { ApiClient, type Answer } from '../support/api-client.js';
import { type ApiProcess, spawnApi } from '../support/api-process.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { jobBody, type Scene, setScene } from '../support/scenes.js';
import { until } from '../support/until.js';

const ADMIN_KEY = 'an-admin-key-for-tests-only-0123456789';
const ROUNDS = Number(process.env.ERIS_RESTARTS ?? 5);
/** The balancer looks at readiness so often; instances drain for longer, ms. */
const CHECK_MS = 50;
const DRAIN_MS = 500;

/** Two instances behind a balancer that asks them whether they are ready. */
class Balanced {
  private readonly instances: { readonly api: ApiProcess; readonly url: string; isReady: boolean }[] = [];
  private turn = 0;
  private isClosed = false;

  constructor(private readonly spawn: () => ApiProcess) {}

  async start(): Promise<void> {
    const api = this.spawn();
    this.instances.push({ api, url: await api.url(), isReady: false });
  }

  /** Goes on until closed. */
  async check(): Promise<void> {
    while (!this.isClosed) {
      for (const instance of this.instances) instance.isReady = (await statusOf(`${instance.url}/readyz`)) === 200;
      await sleep(CHECK_MS);
    }
  }

  /** Sends a request to one of those that said that they are ready. */
  async post(path: string, call: Parameters<ApiClient['post']>[1]): Promise<Answer> {
    const ready = this.instances.filter(({ isReady }) => isReady);
    return new ApiClient(ready[this.turn++ % ready.length].url).post(path, call);
  }

  get readyCount(): number {
    return this.instances.filter(({ isReady }) => isReady).length;
  }

  /** Starts another one, and ends the oldest once both are ready. @returns its exit code, and whether it was seen to drain. */
  async replaceOldest(): Promise<{ code: number | null; drained: boolean }> {
    await this.start();
    await until(() => this.readyCount === this.instances.length, { everyMs: 10, maxMs: 20_000 });
    const [oldest] = this.instances;
    const ended = oldest.api.end('SIGTERM');
    const drained = until(async () => (await statusOf(`${oldest.url}/readyz`)) === 503, { everyMs: 10, maxMs: DRAIN_MS }).then(
      () => true,
      () => false,
    );
    const code = await ended;
    this.instances.shift();
    return { code, drained: await drained };
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await Promise.all(this.instances.map(({ api }) => api.end('SIGKILL')));
  }
}

async function statusOf(url: string): Promise<number> {
  try {
    const { statusCode, body } = await request(url, { headersTimeout: 5_000 });
    await body.dump();
    return statusCode;
  } catch {
    return 0; // nobody there
  }
}

let database: TestDatabase;
let balanced: Balanced;
let scene: Scene;
beforeAll(async () => {
  database = await createTestDatabase();
  const env = { DATABASE_URL: database.url, REDIS_URL: process.env.REDIS_URL, ERIS_ADMIN_KEY: ADMIN_KEY, ERIS_DRAIN_MS: String(DRAIN_MS) };
  balanced = new Balanced(() => spawnApi(env));
  const first = spawnApi(env);
  scene = await setScene(new ApiClient(await first.url()), ADMIN_KEY, { name: 'rolling', sites: 1 });
  await first.end('SIGTERM');
}, 60_000);
afterAll(async () => {
  await balanced.close();
  await database.drop();
});

it(
  `restarts ${ROUNDS} times under load, fails no request and loses nothing that it acknowledged`,
  async () => {
    await balanced.start();
    const checking = balanced.check();
    await until(() => balanced.readyCount === 1, { everyMs: 10, maxMs: 20_000 });
    const acknowledged = new Map<string, string>();
    const others: unknown[] = [];
    let isOver = false;
    const caller = async (name: string): Promise<void> => {
      for (let number = 0; !isOver; number++) {
        const idempotencyKey = `${name}-${number}`;
        const call = { key: scene.bidders[0].key, body: jobBody(scene.siteIds), headers: { 'idempotency-key': idempotencyKey } };
        const answer = await balanced.post(`/v1/markets/${scene.marketId}/bids`, call);
        if (answer.status === 202) acknowledged.set(idempotencyKey, answer.body.id);
        else others.push(answer);
        await sleep(50);
      }
    };
    const callers = ['one', 'two', 'three'].map(caller);
    for (let round = 0; round < ROUNDS; round++) expect(await balanced.replaceOldest()).toEqual({ code: 0, drained: true });
    isOver = true;
    await Promise.all(callers);
    await balanced.close();
    await checking;

    expect(others).toEqual([]);
    expect(acknowledged.size).toBeGreaterThan(ROUNDS);
    const { rows } = await database.pool.query<{ id: bigint; idempotency_key: string }>('SELECT id, idempotency_key FROM bid');
    expect(new Map(rows.map((row) => [row.idempotency_key, row.id.toString()]))).toEqual(acknowledged);
  },
  Math.max(120_000, ROUNDS * 20_000),
);
