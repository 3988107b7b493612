import { standardKinds } from '#kinds';
import { verifyMarket } from '#market';
import { createAuditSource } from '#persistence';
import { startTestApi, type TestApi } from '../support/api.js';
import { decidedBid, jobBody, marketBody, type Scene, setScene } from '../support/scenes.js';
import { until } from '../support/until.js';

// Real: Postgres, the API, a worker that learns. A market of one site with a GPU, 12 CPUs, 16 GB.
let api: TestApi;
let scene: Scene;
beforeAll(async () => {
  api = await startTestApi();
  const { prices: _, ...silent } = marketBody();
  scene = await setScene(api.client, api.adminKey, { name: 'levels', sites: 1, market: { ...silent, prices: undefined } });
}, 60_000);
afterAll(() => api.close());

const levelsOf = async (marketId = scene.marketId, query = ''): Promise<Record<string, unknown>> => {
  const { status, body } = await api.client.get(`/v1/markets/${marketId}/levels${query}`, { key: scene.bidders[0].key });
  expect(status).toBe(200);
  return body;
};
const isMeasured = async (): Promise<boolean> => {
  const { measuredThrough, head } = await levelsOf();
  return measuredThrough === head;
};
const bid = (idempotencyKey: string, fields: object) =>
  decidedBid(api.client, scene, { idempotencyKey, body: jobBody(scene.siteIds, fields) });
const densityOf = async (bidId = ''): Promise<Record<string, unknown>> =>
  (await api.client.get(`/v1/bids/${bidId}/density`, { key: scene.bidders[0].key })).body;
const worth = (value: number): object => ({ valuation: { kind: 'deadline', value, deadline: 49 } });
const findings = async ({ marketId } = scene): Promise<unknown> => {
  const outcome = await verifyMarket(createAuditSource(api.pool), BigInt(marketId), { kinds: standardKinds() });
  return outcome.kind === 'verified' ? outcome.verification.findings : outcome;
};

/** Other prices come as the clock next moves: here at once. */
async function changePrices(prices: object): Promise<void> {
  const operator = { key: scene.operatorKey };
  const path = `/v1/markets/${scene.marketId}`;
  const changed = await api.client.patch(path, { ...operator, body: { prices } });
  expect(changed).toMatchObject({ status: 200, body: { nextPrices: prices } });
  expect((await api.client.post(`${path}/clock`, { ...operator, body: { slot: Number(changed.body.slot) + 1 } })).status).toBe(200);
}

describe('the level of a market that learns', () => {
  it('is nothing before the first bid', async () => {
    expect(await levelsOf()).toMatchObject({ level: '0', items: [], nextCursor: null });
  });

  it('is told with how it has moved and why, in pages, be valuations nothing or the highest', async () => {
    const placed: string[] = [];
    for (const [index, value] of [0, 1_000, 2_000, 999_999_999, 5_000].entries()) {
      placed.push((await bid(`bid-${index}`, worth(value))).id);
      await until(isMeasured, { everyMs: 50, maxMs: 20_000 });
    }
    const { level, items } = (await levelsOf()) as { level: string; items: { payload: Record<string, unknown> }[] };
    expect(items.length).toBeGreaterThan(0);
    expect(items.at(-1)?.payload).toMatchObject({ level, doubted: 0, organisations: 1 });
    expect(Number(level)).toBeGreaterThan(0);
    expect(await densityOf(placed.at(0))).toMatchObject({ state: 'none', density: null, percent: {} }); // worth nothing: it says nothing of demand
    const dense = await densityOf(placed.at(1));
    expect(dense).toMatchObject({ state: 'measured', standsFor: 1, percent: { bandwidth: 0 } });
    expect(Number(dense.density)).toBeGreaterThan(0);
    const first = await levelsOf(scene.marketId, '?limit=1');
    expect(first.items).toEqual(items.slice(0, 1));
    expect(first.nextCursor === null).toBe(items.length === 1);
    expect(await findings()).toEqual([]);
  }, 60_000);

  it('stays within other limits, and is held where learning pauses', async () => {
    const limited = { kind: 'learning', floor: '3', ceiling: '4' };
    await changePrices(limited);
    await bid('within-limits', worth(1_000));
    await until(isMeasured, { everyMs: 50, maxMs: 20_000 });
    expect(['3', '4']).toContain((await levelsOf()).level);
    await changePrices({ ...limited, learns: false });
    const before = await levelsOf();
    await bid('while-it-is-paused', { ...worth(1_000), worker: { gpu: 0, cpu: 2, memoryGB: 4 } });
    await until(isMeasured, { everyMs: 50, maxMs: 20_000 });
    expect((await levelsOf()).items).toEqual(before.items);
    expect(await findings()).toEqual([]);
  }, 60_000);

  it('is what each line of a payment follows from', async () => {
    const { id, allocationId } = await bid('pays', { valuation: { kind: 'deadline', value: 500_000, deadline: 49 } });
    expect(allocationId).not.toBeNull();
    const key = scene.bidders[0].key;
    const [{ body: paid }, { body: allocation }] = await Promise.all(
      ['/prices', ''].map((part) => api.client.get(`/v1/allocations/${id}${part}`, { key })),
    );
    const level = Number(paid.prices.level);
    expect(paid).toMatchObject({ bidId: id, marketId: scene.marketId, prices: { kind: 'learning' } });
    expect(['prices_changed', 'terms_changed']).toContain(paid.postedBy.kind);
    type Line = Record<'unitPrice' | 'amount' | 'supply' | 'formula', string> & { slot: number; resource: string };
    const { lines } = paid as { lines: Line[] };
    expect(lines.map(({ slot, resource, amount }) => ({ slot, resource, amount }))).toEqual(
      (allocation.lines as Line[]).map(({ slot, resource, amount }) => ({ slot, resource, amount })),
    );
    for (const { unitPrice, supply, formula } of lines) {
      expect(Number(unitPrice)).toBeCloseTo(level / Number(supply), 5);
      expect(formula).toBe(`${paid.prices.level} / ${supply}`);
    }
    const stranger = await api.client.get(`/v1/allocations/987654/prices`, { key });
    expect(stranger.status).toBe(404);
  }, 60_000);

  it('is learnt where there is nothing of a resource', async () => {
    const own = await setScene(api.client, api.adminKey, { name: 'no GPU', sites: 0, market: { prices: { kind: 'learning' } } });
    const body = { name: 'site', capacity: { gpu: 0, cpu: 12, memoryGB: 16 } };
    const made = await api.client.post(`/v1/markets/${own.marketId}/sites`, { key: own.operatorKey, body });
    const job = jobBody([made.body.id], { ...worth(1_000), worker: { gpu: 0, cpu: 2, memoryGB: 4 } });
    for (const idempotencyKey of ['one', 'two', 'three']) await decidedBid(api.client, own, { idempotencyKey, body: job });
    const level = async (): Promise<number> =>
      Number((await api.client.get(`/v1/markets/${own.marketId}/levels`, { key: own.operatorKey })).body.level);
    await until(async () => (await level()) > 0, { everyMs: 50, maxMs: 20_000 });
    expect(await findings(own)).toEqual([]);
  }, 60_000);

  it('is none where prices are posted by another rule, and not for strangers', async () => {
    await changePrices({ kind: 'flat', level: '7' });
    const { level, items } = await levelsOf();
    expect(level).toBeNull();
    expect((items as unknown[]).length).toBeGreaterThan(0);
    expect((await api.client.get(`/v1/markets/987654/levels`, { key: scene.bidders[0].key })).status).toBe(404);
  });
});
