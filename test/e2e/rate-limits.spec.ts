import { setTimeout as sleep } from 'node:timers/promises';
import { makeKey } from '../support/scenes.js';
import { startSibling, startTestApi, type TestApi } from '../support/api.js';
import type { ApiClient } from '../support/api-client.js';

const RATE = { perSecond: 10, burst: 80 };
/** Callers press until so many were refused: however slow the machine, they ask for more than they get. */
const REFUSED_LEAST = 60;

let api: TestApi;
let sibling: Awaited<ReturnType<typeof startSibling>>;
beforeAll(async () => {
  api = await startTestApi({ worker: false, settings: { rateLimit: RATE } });
  sibling = await startSibling(api.databaseUrl, { rateLimit: RATE });
}, 60_000);
afterAll(async () => {
  await sibling.close();
  await api.close();
});

const newKey = async (): Promise<string> => {
  const { body } = await api.client.get('/v1/organisations', { key: api.adminKey });
  return (await makeKey(api.client, api.adminKey, body.items[0].id, 'bidder')).key;
};
/** The database's clock, in seconds: the one that fills the buckets. */
const nowSeconds = async (): Promise<number> =>
  (await api.pool.query<{ now: number }>('SELECT extract(epoch FROM clock_timestamp())::float8 AS now')).rows[0].now;

async function press(clients: readonly ApiClient[], key: string, refusedLeast: number): Promise<{ taken: number; refused: number }> {
  const counts = { taken: 0, refused: 0 };
  const caller = async (client: ApiClient): Promise<void> => {
    while (counts.refused < refusedLeast) {
      const { status } = await client.get('/v1/accounts', { key });
      if (status === 200) counts.taken += 1;
      else if (status === 429) counts.refused += 1;
      else throw new Error(`answered ${status}`);
      if (status === 429) await sleep(2);
    }
  };
  await Promise.all(clients.map(caller));
  return counts;
}

it('holds a key to its limit over two instances, and leaves another key alone', async () => {
  const [greedy, modest] = [await newKey(), await newKey()];
  const clients = [api.client, sibling.client].flatMap((client) => Array.from({ length: 8 }, () => client)); // enough on a busy machine too
  const beganAt = await nowSeconds();
  const pressing = press(clients, greedy, REFUSED_LEAST);
  for (let turn = 0; turn < 20; turn++) {
    expect((await [api, sibling][turn % 2].client.get('/v1/accounts', { key: modest })).status).toBe(200);
    await sleep(50);
  }
  const { taken, refused } = await pressing;
  const due = RATE.burst + RATE.perSecond * ((await nowSeconds()) - beganAt);
  expect(refused).toBeGreaterThanOrEqual(REFUSED_LEAST);
  expect(taken).toBeLessThanOrEqual(due);
  expect(taken).toBeGreaterThanOrEqual(0.85 * due); // one lease in each instance, and the end of the measurement; the unit tests are exact
}, 60_000);

it('answers 429 with when to come back, and says on every answer how the key stands', async () => {
  const key = await newKey();
  const first = await api.client.get('/v1/accounts', { key });
  expect(first.headers['ratelimit-policy']).toBe('"key";q=80;w=8');
  expect(first.headers.ratelimit).toMatch(/^"key";r=7\d;t=1$/);
  const bulk = { bids: Array.from({ length: 1_000 }, () => ({})) };
  await api.client.post('/v1/markets/1/bids/bulk', { key, body: bulk });
  for (const { client } of [api, sibling]) {
    const refused = await client.get('/v1/accounts', { key });
    expect(refused).toMatchObject({ status: 429, body: { type: 'urn:eris:problem:rate_limited' } });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(110);
    expect(refused.headers.ratelimit).toMatch(/^"key";r=0;t=(9|10)[0-9]$/);
  }
  expect((await sibling.client.get('/readyz')).status).toBe(200);
});
