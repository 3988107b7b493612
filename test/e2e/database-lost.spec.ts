import { startTestApi, type TestApi } from '../support/api.js';
import { type FaultProxy, layCable } from '../support/fault-proxy.js';
import { jobBody, type Scene, setScene } from '../support/scenes.js';
import { until } from '../support/until.js';

let api: TestApi;
let cable: FaultProxy;
let scene: Scene;
beforeAll(async () => {
  api = await startTestApi({ by: async (url) => (cable = await layCable(url)).url });
  scene = await setScene(api.client, api.adminKey, { name: 'lost' });
}, 60_000);
afterAll(async () => {
  await api.close();
  await cable.close();
});

const place = (idempotencyKey: string) =>
  api.client.post(`/v1/markets/${scene.marketId}/bids`, {
    key: scene.bidders[0].key,
    body: jobBody(scene.siteIds),
    headers: { 'idempotency-key': idempotencyKey },
  });
const reads = ['/readyz', '/v1/organisations', '/v1/accounts', '/v1/markets', '/v1/bids/1', '/v1/allocations/1'];

it('answers 503 with Retry-After while the database is away, and loses nothing that it acknowledged', async () => {
  const acknowledged = await Promise.all(Array.from({ length: 20 }, (_, index) => place(`before-${index}`)));
  expect(acknowledged.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 202));

  cable.cut();
  for (const path of reads) {
    expect(await api.client.get(path, { key: scene.operatorKey })).toMatchObject({
      status: 503,
      headers: { 'retry-after': '1' },
      body: { type: 'urn:eris:problem:database_unavailable' },
    });
  }
  expect(await place('during')).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
  expect((await api.client.get('/healthz')).status).toBe(200);

  cable.mend();
  await until(async () => (await api.client.get('/readyz')).status === 200, { everyMs: 50, maxMs: 15_000 });
  expect((await place('during')).status).toBe(202);
  const decided = async (): Promise<boolean> => {
    const { body } = await api.client.get(`/v1/markets/${scene.marketId}/bids?limit=100`, { key: scene.bidders[0].key });
    const statuses = new Map<string, string>(body.items.map(({ id, status }: { id: string; status: string }) => [id, status]));
    for (const { body: bid } of acknowledged) expect(statuses.has(bid.id)).toBe(true);
    return statuses.size === 21 && [...statuses.values()].every((status) => status !== 'queued');
  };
  await until(decided, { everyMs: 100, maxMs: 20_000 });
}, 60_000);

it('answers waiting requests with 202 when the database goes away meanwhile', async () => {
  await api.client.patch(`/v1/markets/${scene.marketId}`, { key: scene.operatorKey, body: { status: 'open' } });
  await api.pool.query(
    `INSERT INTO market_lease (market_id, epoch, owner, until) VALUES ($1, 99, 'nobody', 'infinity')
    ON CONFLICT (market_id) DO UPDATE SET epoch = market_lease.epoch + 1, owner = 'nobody', until = 'infinity'`,
    [scene.marketId],
  ); // so that nothing is decided
  const waiting = api.client.post(`/v1/markets/${scene.marketId}/bids`, {
    key: scene.bidders[0].key,
    body: jobBody(scene.siteIds),
    headers: { 'idempotency-key': 'waiting', prefer: 'wait=20' },
  });
  await until(async () => (await api.pool.query(`SELECT FROM bid WHERE idempotency_key = 'waiting'`)).rows.length === 1, {
    everyMs: 10,
    maxMs: 5_000,
  });
  cable.cut();
  expect((await waiting).status).toBe(202);
  cable.mend();
}, 60_000);
