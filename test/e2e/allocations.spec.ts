import { type AllocationState, stateAt } from '#market';
import { DEAR } from '../support/after-sale.js';
import { startTestApi, type TestApi } from '../support/api.js';
import { addSite, decidedBid, jobBody, type Scene, setScene } from '../support/scenes.js';
import type { Answer } from '../support/api-client.js';

// Real: the application over HTTP, Postgres, the worker.
let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
}, 60_000);
afterAll(() => api.close());

const read = (scene: Scene, bidId: string, key = scene.bidders[0].key): Promise<Answer> =>
  api.client.get(`/v1/allocations/${bidId}`, { key });
const list = async (key: string, query: string) => (await api.client.get(`/v1/allocations?${query}`, { key })).body.items;
const move = (scene: Scene, slot: number) =>
  api.client.post(`/v1/markets/${scene.marketId}/clock`, { key: scene.operatorKey, body: { slot } });
const account = async (key: string, organisationId: string) =>
  (await api.client.get('/v1/accounts', { key })).body.items.find(
    (one: { organisationId: string }) => one.organisationId === organisationId,
  );

/** Four slots of work at one site. */
const longJob = (scene: Scene, fields: object = {}) => jobBody(scene.siteIds, { chunks: { [scene.siteIds[0]]: 4 }, epochs: 24, ...fields });

describe('an allocation', () => {
  it('is scheduled, runs slot by slot and is completed; its money waits for the last slot', async () => {
    const scene = await setScene(api.client, api.adminKey, { name: 'lives', sites: 1, market: DEAR });
    const first = await decidedBid(api.client, scene, { idempotencyKey: 'first', body: longJob(scene) });
    const second = await decidedBid(api.client, scene, { idempotencyKey: 'second', body: longJob(scene) });
    const slotsOf = ({ body }: Answer) => body.slots.map(({ slot, state }: { slot: number; state: string }) => `${slot} ${state}`);
    const bought = await read(scene, second.id);
    expect(bought.body).toMatchObject({ state: 'scheduled', revision: 0, returned: '0', returns: [] });
    expect(slotsOf(bought)).toEqual(['4 planned', '5 planned', '6 planned', '7 planned']);
    expect((await read(scene, first.id)).body.state).toBe('running');

    await move(scene, 6);
    expect((await read(scene, first.id)).body.state).toBe('completed');
    const running = await read(scene, second.id);
    expect([running.body.state, slotsOf(running)]).toEqual(['running', ['4 delivered', '5 delivered', '6 planned', '7 planned']]);
    const operator = await account(scene.operatorKey, scene.operatorId);
    const inSlots = running.body.slots.slice(0, 2).reduce((sum: number, { amount }: { amount: string }) => sum + Number(amount), 0);
    expect(operator.revenue).toBe(first.decision.payment);
    expect(Number(operator.retained)).toBeCloseTo(inSlots, 6);

    await move(scene, 8);
    expect((await read(scene, second.id)).body.state).toBe('completed');
    const after = await account(scene.operatorKey, scene.operatorId);
    expect([after.retained, Number(after.revenue)]).toEqual(['0', Number(first.decision.payment) + Number(second.decision.payment)]);
  }, 30_000);

  it('completes within one move of the clock over all of its slots', async () => {
    const scene = await setScene(api.client, api.adminKey, { name: 'leaps', sites: 1, market: DEAR });
    const bid = await decidedBid(api.client, scene, { idempotencyKey: 'leap', body: longJob(scene) });
    await move(scene, 30);
    expect((await read(scene, bid.id)).body.state).toBe('completed');
    const { rows } = await api.pool.query(
      `SELECT kind::text, count(*)::int FROM transfer WHERE bid_id = $1 GROUP BY kind ORDER BY kind::text`,
      [bid.id],
    );
    expect(rows).toEqual([
      { kind: 'earn', count: 1 },
      { kind: 'hold', count: 1 },
      { kind: 'retain', count: 4 },
    ]);
  }, 30_000);
});

describe('the list of allocations', () => {
  let scene: Scene;
  let north: string;
  const ids: string[] = [];
  beforeAll(async () => {
    scene = await setScene(api.client, api.adminKey, { name: 'listed', sites: 1, market: DEAR });
    north = await addSite(api.client, scene.operatorKey, scene.marketId, 'north');
    const place = async (key: string, bidder: number, siteIds: readonly string[]) => {
      const body = longJob({ ...scene, siteIds }, { label: key });
      ids.push((await decidedBid(api.client, scene, { idempotencyKey: key, bidder, body })).id);
    };
    await place('a', 0, scene.siteIds);
    await place('b', 1, scene.siteIds);
    await place('c', 0, scene.siteIds);
    await place('d', 0, [north]);
    await move(scene, 5);
  }, 30_000);
  const bidIds = (items: readonly { bidId: string }[]): string[] => items.map(({ bidId }) => bidId);

  it('has the state that each allocation has, and finds it by that', async () => {
    const items = await list(scene.operatorKey, 'limit=10');
    expect(bidIds(items)).toEqual(ids);
    for (const { firstSlot, completion: lastSlot, state } of items)
      expect(state).toBe(stateAt({ now: 5, firstSlot, lastSlot, ended: undefined }));
    const states = new Map<AllocationState, string[]>();
    for (const { state, bidId } of items) states.set(state, [...(states.get(state) ?? []), bidId]);
    for (const state of ['scheduled', 'running', 'completed', 'cancelled', 'failed'] as const)
      expect([state, bidIds(await list(scene.operatorKey, `state=${state}`))]).toEqual([state, states.get(state) ?? []]);
    expect([...states.keys()].sort()).toEqual(['completed', 'running', 'scheduled']);
  });

  it('shows a bidder its own, and whoever oversees the market all', async () => {
    expect(bidIds(await list(scene.bidders[0].key, ''))).toEqual([ids[0], ids[2], ids[3]]);
    expect(bidIds(await list(scene.bidders[1].key, ''))).toEqual([ids[1]]);
    expect(bidIds(await list(scene.auditorKey, `organisationId=${scene.bidders[1].id}`))).toEqual([ids[1]]);
    expect(bidIds(await list(api.adminKey, `marketId=${scene.marketId}`))).toEqual([]);
    expect((await read(scene, ids[1])).status).toBe(404);
  });

  it('is filtered by market and by site', async () => {
    expect(bidIds(await list(scene.operatorKey, `siteId=${north}`))).toContain(ids[3]);
    expect(bidIds(await list(scene.operatorKey, `siteId=${scene.siteIds[0]}`))).toContain(ids[0]);
    expect(await list(scene.operatorKey, 'siteId=999999')).toEqual([]);
    expect(bidIds(await list(scene.operatorKey, `marketId=${scene.marketId}`))).toEqual(ids);
    expect(await list(scene.operatorKey, 'marketId=999999')).toEqual([]);
  });

  it('comes page by page, each allocation once', async () => {
    const met: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { body } = await api.client.get(`/v1/allocations?limit=1&cursor=${cursor}`, { key: scene.operatorKey });
      met.push(...bidIds(body.items));
      cursor = body.nextCursor;
    }
    expect(met).toEqual(ids);
  });

  it.each([
    ['state=asleep', 'query.state'],
    ['siteId=north', 'query.siteId'],
    ['marketId=0', 'query.marketId'],
    ['cursor=here', 'query.cursor'],
  ])('says what is wrong with %s', async (query, path) => {
    const { status, body } = await api.client.get(`/v1/allocations?${query}`, { key: scene.operatorKey });
    expect([status, body.errors[0].path]).toEqual([400, path]);
  });
});
