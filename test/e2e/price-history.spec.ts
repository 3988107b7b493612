import { DEAR, expectWhole } from '../support/after-sale.js';
import { startTestApi, type TestApi } from '../support/api.js';
import type { Answer, Json } from '../support/api-client.js';
import { decidedBid, jobBody, type Scene, setScene } from '../support/scenes.js';
import { until } from '../support/until.js';

// Real: the application over HTTP, Postgres, the worker. A log with sales, a repair, a failure, a cancellation, other capacities, terms and slots.
let api: TestApi;
let scene: Scene;
let late: string;
const SLOTS = [1, 3, 4, 7, 11, 49, 52];

beforeAll(async () => {
  api = await startTestApi();
  scene = await setScene(api.client, api.adminKey, { name: 'price history', sites: 2, market: DEAR });
  await happen();
}, 120_000);
afterAll(() => api.close());

const market = (): string => `/v1/markets/${scene.marketId}`;
const asOperator = (body: object) => ({ key: scene.operatorKey, body });
const job = (fields: object = {}) => jobBody(scene.siteIds, { chunks: { [scene.siteIds[0] ?? '']: 4 }, epochs: 24, ...fields });
const bought = (idempotencyKey: string, fields: object = {}): Promise<Json> =>
  decidedBid(api.client, scene, { idempotencyKey, body: job(fields) });
const history = (query: string, key = scene.bidders[0]?.key): Promise<Answer> =>
  api.client.get(`${market()}/prices/history?${query}`, { key });

async function outage(body: object): Promise<void> {
  const made = await api.client.post(
    `${market()}/windows`,
    asOperator({ kind: 'outage', scope: 'site', siteId: scene.siteIds[0], ...body }),
  );
  expect(made).toMatchObject({ status: 201 });
  const settled = async () => (await api.client.get(`${market()}/windows`, { key: scene.operatorKey })).body.items.at(-1).settled;
  await until(settled, { everyMs: 50, maxMs: 20_000 });
}

async function cancelled(bidId: string): Promise<void> {
  const key = scene.bidders[0]?.key;
  const { body: quote } = await api.client.post(`/v1/allocations/${bidId}/cancellation-quotes`, { key });
  expect((await api.client.post(`/v1/allocations/${bidId}/cancel`, { key, body: { quote: quote.id } })).status).toBe(200);
}

async function happen(): Promise<void> {
  const first = await bought('first');
  await bought('second', { epochs: 60 });
  const third = await bought('third');
  await api.client.post(`${market()}/clock`, asOperator({ slot: 1 }));
  await cancelled(third.id);
  await bought('fourth');
  await outage({ to: 4 });
  await api.client.post(`${market()}/sites`, asOperator({ name: 'late', capacity: { gpu: 3, cpu: 12, memoryGB: 16 } }));
  late = (await api.client.get(`${market()}/sites`, { key: scene.operatorKey })).body.items.at(-1).id;
  await bought('fifth', { chunks: { [late]: 8 } });
  const capacity = { gpu: 9, cpu: 20, memoryGB: 30 };
  await api.client.patch(`${market()}/sites/${scene.siteIds[1]}`, asOperator({ capacity }));
  await api.client.patch(market(), asOperator({ prices: { kind: 'flat', level: '12', levels: { gpu: '40' } } }));
  await bought('waits');
  await api.client.post(`${market()}/clock`, asOperator({ slot: 4 }));
  await outage({ siteId: late });
  await bought('last');
  await outage({});
  await outage({ siteId: scene.siteIds[1] });
  const { body } = await api.client.get(`/v1/allocations/${first.id}`, { key: scene.operatorKey });
  expect(body.revision).toBe(1);
  await expectWhole(api.pool, scene.marketId);
}

/** All of it, a few prices at a time. */
async function whole(query: string, limit: number): Promise<Json[]> {
  const items: Json[] = [];
  for (let cursor = ''; ;) {
    const { body } = await history(`${query}&limit=${limit}${cursor}`);
    expect(body.items.length).toBeLessThanOrEqual(limit);
    items.push(...body.items);
    if (body.nextCursor === null) return items;
    cursor = `&cursor=${body.nextCursor}`;
  }
}

it('tells of every cell, after every entry of the log, what the book of that moment has', async () => {
  const { body: now } = await api.client.get(`${market()}/book`, { key: scene.operatorKey });
  const books: Json[] = [];
  for (let at = 1; at <= Number(now.head); at++)
    books.push((await api.client.get(`${market()}/book?at=${at}`, { key: scene.operatorKey })).body);
  const kinds = new Set<string>();
  for (const slot of SLOTS)
    for (const [resource, siteId] of [
      ['bandwidth', null],
      ...['gpu', 'cpu'].flatMap((each) => [...scene.siteIds, late].map((id) => [each, id])),
    ]) {
      const items = await whole(`slot=${slot}&resource=${resource}${siteId === null ? '' : `&siteId=${siteId}`}`, 3);
      for (const { because } of items) kinds.add(because);
      for (const book of books) {
        const row = book.rows.find((each: Json) => each.siteId === siteId && each.resource === resource);
        const index = slot - book.firstSlot;
        if (!row || index < 0 || index >= book.slotCount) continue;
        const { price, sold, capacity, sequence } = items.filter((each) => Number(each.sequence) <= Number(book.sequence)).at(-1) ?? {};
        expect({ slot, resource, siteId, at: book.sequence, sequence, price, sold: Number(sold), capacity: Number(capacity) }).toEqual({
          slot,
          resource,
          siteId,
          at: book.sequence,
          sequence,
          price: row.prices[index],
          sold: row.used[index],
          capacity: row.capacity[index],
        });
      }
    }
  for (const kind of [
    'bid_accepted',
    'allocation_cancelled',
    'allocation_repaired',
    'allocation_failed',
    'window_opened',
    'capacity_changed',
    'clock_advanced',
  ])
    expect([...kinds]).toContain(kind);
}, 120_000);

it('says from a moment on what it cost then, and what that follows from', async () => {
  const query = `slot=7&resource=gpu&siteId=${scene.siteIds[1]}`;
  const all = await whole(query, 100);
  const moment = all.at(-1).at;
  const { body } = await history(`${query}&since=${encodeURIComponent(moment)}`);
  expect(body.items.at(0)).toMatchObject({ price: all.at(-1).price, because: null });
  expect([body.nextCursor, body.through]).toEqual([null, body.head]);
  for (const { price, formula, supply } of all)
    if (!formula.includes('^')) {
      expect(formula).toBe(supply === '0' ? '40' : `40 / ${supply}`);
      expect(Number(price)).toBeCloseTo(40 / (Number(supply) || 1), 5);
    }
  expect(all.map(({ formula }) => formula.includes('^'))).toEqual(expect.arrayContaining([true, false]));
  expect((await history('slot=900&resource=bandwidth')).body.items).toEqual([]);
});

it('is for members of the market, and of what it has', async () => {
  const other = await setScene(api.client, api.adminKey, { name: 'strangers', sites: 0 });
  expect((await history('slot=1&resource=bandwidth', other.bidders[0]?.key)).body).toMatchObject({
    status: 404,
    type: 'urn:eris:problem:market_unknown',
  });
  const site = scene.siteIds[0];
  const wrong: readonly (readonly [string, string])[] = [
    ['resource=gpu', 'query.slot'],
    ['slot=-1&resource=gpu', 'query.slot'],
    ['slot=1', 'query.resource'],
    [`slot=1&resource=${'r'.repeat(300)}`, 'query.resource'],
    [`slot=1&resource=tpu&siteId=${site}`, 'query.resource'],
    ['slot=1&resource=gpu', 'query.siteId'],
    [`slot=1&resource=bandwidth&siteId=${site}`, 'query.siteId'],
    ['slot=1&resource=gpu&siteId=x', 'query.siteId'],
    [`slot=1&resource=gpu&siteId=${site}&since=yesterday`, 'query.since'],
    ['slot=1&resource=bandwidth&cursor=nonsense', 'query.cursor'],
  ];
  for (const [query, path] of wrong)
    expect([query, await history(query)]).toMatchObject([query, { status: 400, body: { errors: [{ path }] } }]);
  expect((await history(`slot=1&resource=gpu&siteId=999999`)).body.items).toEqual([]);
  const { body } = await history('slot=4&resource=bandwidth&limit=1');
  const foreign = await history(`slot=7&resource=bandwidth&limit=1&cursor=${body.nextCursor}`);
  expect(foreign).toMatchObject({ status: 400, body: { errors: [{ path: 'query.cursor' }] } });
});
