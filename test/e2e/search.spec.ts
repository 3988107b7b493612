import { startTestApi, type TestApi } from '../support/api.js';
import type { Json } from '../support/api-client.js';
import { jobBody, type Scene, setScene } from '../support/scenes.js';
import { until } from '../support/until.js';

let api: TestApi;
let scene: Scene;
beforeAll(async () => {
  api = await startTestApi();
  scene = await setScene(api.client, api.adminKey, { name: 'search' });
  for (const [index, { key }] of scene.bidders.entries())
    for (let count = 0; count < 6; count++)
      await api.client.post(`/v1/markets/${scene.marketId}/bids`, {
        key,
        body: { ...jobBody(scene.siteIds), label: `run-${index}-${count % 2}` },
        headers: { 'idempotency-key': `${index}-${count}`, prefer: 'wait=20' },
      });
}, 60_000);
afterAll(() => api.close());

const ask = (query: string, key = scene.operatorKey) => api.client.get(`/v1/markets/${scene.marketId}${query}`, { key });

it('finds bids in an order, page by page', async () => {
  const whole: Json[] = (await ask('/bids/search?sort=payment&limit=500')).body.items;
  expect(whole).toHaveLength(12);
  const payments = whole.map(({ decision }) => Number(decision.payment));
  expect(payments).toEqual([...payments].sort((a, b) => b - a));
  const walked: Json[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const { body }: Json = await ask(`/bids/search?sort=payment&limit=5${cursor && `&cursor=${cursor}`}`);
    walked.push(...body.items);
    cursor = body.nextCursor;
  }
  expect(walked).toEqual(whole);
  const labelled: Json[] = (await ask('/bids/search?labelPrefix=run-1&order=ascending')).body.items;
  expect(labelled.map(({ label }) => label)).toEqual(['run-1-0', 'run-1-1', 'run-1-0', 'run-1-1', 'run-1-0', 'run-1-1']);
  const own: Json[] = (await ask('/bids/search', scene.bidders[1].key)).body.items;
  expect(own.map(({ organisationId }) => organisationId)).toEqual(Array.from({ length: 6 }, () => scene.bidders[1].id));
  const first = await api.client.get(`/v1/bids/${own[0].id}`, { key: scene.operatorKey });
  expect(own[0]).toEqual(first.body);
});

it('refuses a cursor of another query, and what is no filter', async () => {
  const { nextCursor } = (await ask('/bids/search?limit=5')).body;
  for (const query of ['?limit=5&sort=value', '?status=accepted', '?order=ascending'])
    expect(await ask(`/bids/search${query}&cursor=${nextCursor}`)).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'query.cursor' }] },
    });
  expect((await ask(`/bids/search?limit=3&cursor=${nextCursor}`)).status).toBe(200);
  const bad = [
    'status=won',
    'reason=x',
    'sort=name',
    'order=up',
    'valueMin=-1',
    'valueMax=1e3',
    'organisationId=x',
    'placedSince=yesterday',
    'cursor=x',
  ];
  for (const query of [...bad, `label=${'x'.repeat(300)}`, 'labelPrefix=%00', 'nothing=1', 'sort=value&sort=payment'])
    expect([query, (await ask(`/bids/search?${query}`)).status]).toEqual([query, 400]);
});

it('counts them by what they have in common', async () => {
  const groups: Json[] = (await ask('/bids/groups?by=label')).body.items;
  expect(groups.map(({ key, count }) => [key, count])).toEqual([
    ['run-0-0', 3],
    ['run-0-1', 3],
    ['run-1-0', 3],
    ['run-1-1', 3],
  ]);
  const { body } = await ask('/bids/groups?by=label&limit=3');
  expect((await ask(`/bids/groups?by=label&cursor=${body.nextCursor}`)).body.items).toEqual(groups.slice(3));
  expect((await ask('/bids/groups?by=organisation', scene.bidders[0].key)).body.items).toMatchObject([
    { key: scene.bidders[0].id, count: 6 },
  ]);
});

it('tells what happened over time and slot by slot', async () => {
  await until(
    async () => {
      const { upTo, head } = (await ask('/series')).body;
      return upTo === head;
    },
    { everyMs: 100, maxMs: 10_000 },
  );
  const { buckets } = (await ask('/series?minutes=1440')).body;
  const total = buckets.reduce((sum: number, { accepted, refused }: Json) => sum + accepted + refused, 0);
  expect([total, buckets.at(-1).queued]).toEqual([12, 0]);
  const slots: Json[] = (await ask('/series?fromSlot=0&toSlot=3&slots=2')).body.buckets;
  expect(slots.map(({ slot, at, received, queued }) => [slot, at, received, queued])).toEqual([
    [0, null, 12, null],
    [2, null, 0, null],
  ]);
  expect((await ask('/series', scene.bidders[0].key)).status).toBe(403);
  for (const query of [
    'since=2026-01-02T00:00:00Z&until=2026-01-01T00:00:00Z',
    'minutes=1&since=2026-01-01T00:00:00Z&until=2026-12-01T00:00:00Z',
    'minutes=5&slots=2',
    'minutes=0',
    'fromSlot=5&toSlot=1',
  ])
    expect([query, (await ask(`/series?${query}`)).status]).toEqual([query, 400]);
});
