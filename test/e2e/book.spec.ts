import { startTestApi, type TestApi } from '../support/api.js';
import type { Json } from '../support/api-client.js';
import { jobBody, type Scene, setScene } from '../support/scenes.js';

let api: TestApi;
let scene: Scene;
let other: Scene;
beforeAll(async () => {
  api = await startTestApi();
  scene = await setScene(api.client, api.adminKey, { name: 'book' });
  other = await setScene(api.client, api.adminKey, { name: 'other book', sites: 1 });
  for (let count = 0; count < 3; count++) await bid(`b${count}`);
}, 60_000);
afterAll(() => api.close());

const read = (query = '', key = scene.bidders[0].key, marketId = scene.marketId) =>
  api.client.get(`/v1/markets/${marketId}/book${query}`, { key });

const bid = (key: string): Promise<Json> =>
  api.client.post(`/v1/markets/${scene.marketId}/bids`, {
    key: scene.bidders[0].key,
    body: jobBody(scene.siteIds),
    headers: { 'idempotency-key': key, prefer: 'wait=20' },
  });

/** What is sold and asked, by slot and cell, as prices tell it. */
async function posted(): Promise<Json[]> {
  return (await api.client.get(`/v1/markets/${scene.marketId}/prices`, { key: scene.operatorKey })).body.slots;
}

const priceAt = (book: Json, siteId: string | null, resource: string, slot: number): string =>
  book.rows.find((row: Json) => row.siteId === siteId && row.resource === resource).prices[slot - book.firstSlot];

it('says for each slot and cell what is sold, what there is and what it costs', async () => {
  const { body } = await read();
  expect(body).toMatchObject({ status: 'open', slot: 0, firstSlot: 0, slotCount: 50, nextSlot: null });
  expect(body.rows.map(({ siteId, resource }: Json) => `${siteId} ${resource}`)).toEqual([
    'null bandwidth',
    ...scene.siteIds.flatMap((id) => [`${id} gpu`, `${id} cpu`, `${id} memoryGB`]),
  ]);
  for (const { slot, bandwidth, sites } of await posted()) {
    expect(priceAt(body, null, 'bandwidth', slot)).toBe(bandwidth);
    for (const [id, prices] of Object.entries<Json>(sites))
      for (const [resource, price] of Object.entries(prices)) expect(priceAt(body, id, resource, slot)).toBe(price);
  }
  const { rows } = await api.pool.query<{ sold: string }>(
    `SELECT sum(u) / 1000.0 AS sold FROM slot_usage, unnest(used_milli) u WHERE market_id = $1`,
    [scene.marketId],
  );
  const sold = body.rows.flatMap(({ used }: Json) => used).reduce((sum: number, each: number) => sum + each, 0);
  expect(sold).toBeGreaterThan(0);
  expect(sold).toBeCloseTo(Number(rows[0].sold), 3);
});

it('goes back to any entry of the log, and stays as it was then', async () => {
  const before: Json = (await read()).body;
  const prices = await posted();
  await bid('later');
  await api.client.post(`/v1/markets/${scene.marketId}/clock`, { key: scene.operatorKey, body: { slot: 2 } });
  const now: Json = (await read()).body;
  expect([now.slot, now.firstSlot]).toEqual([2, 2]);
  const then: Json = (await read(`?at=${before.sequence}`)).body;
  expect(then).toEqual({ ...before, head: now.head });
  expect(priceAt(then, null, 'bandwidth', prices[0].slot)).toBe(prices[0].bandwidth);
  const first: Json = (await read('?at=1')).body;
  expect([first.rows.length, first.rows[0].used.every((sold: number) => sold === 0)]).toEqual([1, true]);
});

it('is told in parts', async () => {
  const whole: Json = (await read()).body;
  const part: Json = (await read(`?resource=gpu&siteId=${scene.siteIds[1]}&from=4&to=6`)).body;
  const row = whole.rows.find(({ siteId, resource }: Json) => siteId === scene.siteIds[1] && resource === 'gpu');
  expect([part.firstSlot, part.slotCount, part.rows]).toEqual([
    4,
    3,
    [{ ...row, used: row.used.slice(2, 5), capacity: row.capacity.slice(2, 5), prices: row.prices.slice(2, 5) }],
  ]);
  expect((await read('?resource=nothing')).body.rows).toEqual([]);
  expect((await read('?from=60')).body).toMatchObject({ slotCount: 0, nextSlot: null });
});

it('is for members of the market, and of entries that there are', async () => {
  expect((await read('', other.bidders[0].key)).body.type).toBe('urn:eris:problem:market_unknown');
  expect((await read('?at=999999')).body).toMatchObject({ status: 404, type: 'urn:eris:problem:sequence_unknown' });
  for (const query of ['?at=0', '?at=-1', '?at=x', '?at=1.5', '?siteId=x', `?resource=${'r'.repeat(300)}`, '?at=1&at=2'])
    expect([query, (await read(query)).status]).toEqual([query, 400]);
});
