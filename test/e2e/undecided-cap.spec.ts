/** Real: the API, Postgres, deciding. Fake: nothing. A bidder has so many undecided bids in a market and no more. */
import { DecideMarkets } from '#market';
import { standardKinds } from '#kinds';
import { createDecidingStore } from '#persistence';
import { setTimeout as sleep } from 'node:timers/promises';
import { startTestApi, type TestApi } from '../support/api.js';
import { jobBody, type Scene, setScene } from '../support/scenes.js';

const MAX = 3;
const TYPE = 'urn:eris:problem:too_many_undecided';
/** A count that found no room is good for 50 ms. */
const COUNT_MS = 60;

let api: TestApi;
let scene: Scene;
beforeAll(async () => {
  api = await startTestApi({ worker: false, settings: { undecidedMax: MAX } });
  scene = await setScene(api.client, api.adminKey, { name: 'capped', sites: 1 });
}, 60_000);
afterAll(() => api.close());

const place = (key: string, name: string, marketId = scene.marketId) =>
  api.client.post(`/v1/markets/${marketId}/bids`, { key, body: jobBody(scene.siteIds), headers: { 'idempotency-key': name } });
const bulk = async (key: string, name: string, count: number, from = 0) => {
  const answer = await api.client.post(`/v1/markets/${scene.marketId}/bids/bulk`, {
    key,
    body: { bids: Array.from({ length: count }, (_, index) => ({ idempotencyKey: `${name}-${from + index}`, ...jobBody(scene.siteIds) })) },
  });
  type Result = { status?: string; problem?: { type: string } };
  const results = answer.body.results?.map(({ status, problem }: Result) => status ?? problem?.type);
  return { status: answer.status, retryAfter: answer.headers['retry-after'], type: answer.body.type, results };
};
const decideAll = async (): Promise<void> => {
  const limits = { owner: 'one', leaseMs: 10_000, batchMax: 100, thinkMs: 1_000 };
  const decider = new DecideMarkets(createDecidingStore(api.pool), standardKinds(), limits, { nowMs: () => performance.now() });
  await decider.run(BigInt(scene.marketId));
  await sleep(COUNT_MS);
};

it('takes what fits, turns the rest away with 429, and takes it once the others are decided', async () => {
  const [{ key }, other] = scene.bidders;
  expect(await bulk(key, 'first', MAX + 2)).toMatchObject({
    status: 200,
    retryAfter: '1',
    results: ['queued', 'queued', 'queued', TYPE, TYPE],
  });
  expect(await bulk(key, 'more', 2)).toMatchObject({ status: 429, retryAfter: '1', type: TYPE });
  const one = await place(key, 'one');
  expect([one.status, one.body.type, one.headers['retry-after']]).toEqual([429, TYPE, '1']);
  expect((await place(other.key, 'of-another-bidder')).status).toBe(202);
  await decideAll();
  expect((await bulk(key, 'first', 2, MAX)).results).toEqual(['queued', 'queued']);
  expect((await bulk(key, 'last', 2)).results).toEqual(['queued', TYPE]);
  await decideAll();
}, 30_000);

it('is looked at after the key: what was taken in before gets its answer again', async () => {
  const [, { key }] = scene.bidders;
  const first = await bulk(key, 'mine', MAX);
  expect(first.results).toEqual(['queued', 'queued', 'queued']);
  await sleep(COUNT_MS);
  expect((await place(key, 'too-many')).status).toBe(429);
  const again = await place(key, 'mine-0');
  expect([again.status, again.headers['idempotency-replayed']]).toEqual([202, 'true']);
  const { rows } = await api.pool.query('SELECT id FROM bid WHERE idempotency_key = $1', ['mine-0']);
  expect(again.body).toEqual({ id: String(rows[0].id), status: 'queued' });
  expect(await bulk(key, 'mine', MAX + 2)).toMatchObject({
    status: 200,
    retryAfter: '1',
    results: ['queued', 'queued', 'queued', TYPE, TYPE],
  });
  const other = jobBody(scene.siteIds, { label: 'another' });
  const headers = { 'idempotency-key': 'mine-1' };
  const reused = await api.client.post(`/v1/markets/${scene.marketId}/bids`, { key, body: other, headers });
  expect([reused.status, reused.body.type]).toEqual([422, 'urn:eris:problem:key_reused']);
  await decideAll();
  expect((await place(key, 'too-many')).status).toBe(202);
}, 30_000);
