import { ORACLE_VERSION } from '#kinds';
import { LIMITS } from '#contracts';
import { MARKET_LIMITS } from '#mechanism';
import type { ChangeCapacityOutcome, MarketRecord, SiteView } from '#market';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { coldUseCases, type ColdUseCases, makeMember, makeOperator, openMarket, TERMS, FIRST_PAGE } from '../support/tenants.js';

// Postgres, its constraints and Prisma are real; what is sold is written by hand.
let database: TestDatabase;
let cold: ColdUseCases;
let operator: Awaited<ReturnType<typeof makeOperator>>;
beforeAll(async () => {
  database = await createTestDatabase();
  cold = coldUseCases(database.url);
  operator = await makeOperator(cold, 'operator');
}, 60_000);
afterAll(async () => {
  await cold.close();
  await database.drop();
});

interface LogRow {
  readonly sequence: bigint;
  readonly kind: string;
  readonly payload: Record<string, unknown>;
}
const logOf = async (marketId: bigint): Promise<LogRow[]> =>
  (await database.pool.query<LogRow>('SELECT sequence, kind, payload FROM event WHERE market_id = $1 ORDER BY sequence', [marketId])).rows;
const addSite = async ({ marketId }: MarketRecord, name: string, capacity = { gpu: 2, cpu: 8 }): Promise<SiteView> => {
  const outcome = await cold.sites.add.run({ caller: operator, marketId, name, capacity });
  if (outcome.kind !== 'added') throw new Error(outcome.kind);
  return outcome.site;
};
const sell = ({ marketId }: MarketRecord, slot: number, used: string, capacity: string): Promise<unknown> =>
  database.pool.query('INSERT INTO slot_usage (market_id, slot, used_milli, capacity_milli) VALUES ($1, $2, $3, $4)', [
    marketId,
    slot,
    used,
    capacity,
  ]);
const capacities = async ({ marketId }: MarketRecord): Promise<[number, bigint[]][]> => {
  const text = 'SELECT slot, capacity_milli FROM slot_usage WHERE market_id = $1 ORDER BY slot';
  return (await database.pool.query<{ slot: number; capacity_milli: bigint[] }>(text, [marketId])).rows.map((row) => [
    row.slot,
    row.capacity_milli,
  ]);
};

describe('markets', () => {
  it('are stored as they were opened, chunks rounded up and bandwidth down', async () => {
    const { caller: _, chunkMB, bandwidthMB, prices, ...terms } = { caller: operator, ...TERMS };
    const market = await openMarket(cold, operator, 'as opened');
    expect(market).toMatchObject({
      ...terms,
      terms: { policy: 'eris', oracle: ORACLE_VERSION, prices },
      name: 'as opened',
      chunkKb: 2001,
      bandwidthKb: 100_000,
      status: 'open',
      slot: 0,
      sequence: 1n,
    });
    expect(await cold.markets.get.run({ caller: operator, marketId: market.marketId })).toEqual({ kind: 'found', market });
    expect(await logOf(market.marketId)).toEqual([
      {
        sequence: 1n,
        kind: 'market_opened',
        payload: {
          name: 'as opened',
          clock: 'manual',
          terms: {
            policy: 'eris',
            oracle: ORACLE_VERSION,
            prices: { kind: 'paper', gamma: { bandwidth: 1000, gpu: 30.5, cpu: 2 }, unit: '1000000', reserve: '250000' },
          },
        },
      },
    ]);
  });

  it('have a name of their own', async () => {
    await openMarket(cold, operator, 'once');
    expect(await cold.markets.create.run({ caller: operator, ...TERMS, name: 'once' })).toEqual({ kind: 'name_taken' });
    expect(await openMarket(cold, await makeOperator(cold, 'another'), 'once')).toMatchObject({ name: 'once' });
  });

  it('are seen by the members of their operator and changed by it alone', async () => {
    const own = await makeOperator(cold, 'seen');
    const stranger = await makeOperator(cold, 'stranger');
    const bidder = await makeMember(cold, own, { name: 'bidder', role: 'bidder' });
    const { marketId } = await openMarket(cold, own);
    for (const caller of [own, bidder]) {
      expect((await cold.markets.list.run({ caller, ...FIRST_PAGE })).markets.map((market) => market.marketId)).toEqual([marketId]);
      expect(await cold.sites.list.run({ caller, marketId, ...FIRST_PAGE })).toEqual({ kind: 'page', sites: [], nextId: null });
    }
    expect((await cold.markets.list.run({ caller: stranger, ...FIRST_PAGE })).markets).toEqual([]);
    expect(await cold.markets.get.run({ caller: stranger, marketId })).toEqual({ kind: 'not_found' });
    expect(await cold.sites.list.run({ caller: stranger, marketId, ...FIRST_PAGE })).toEqual({ kind: 'not_found' });
    for (const caller of [stranger, bidder]) {
      expect(await cold.markets.changeStatus.run({ caller, marketId, status: 'closed' })).toEqual({ kind: 'not_found' });
      expect(await cold.sites.add.run({ caller, marketId, name: 'theirs', capacity: {} })).toEqual({ kind: 'not_found' });
    }
    expect(await logOf(marketId)).toHaveLength(1);
  });

  it('are paused, resumed and closed for good, each with an entry of the log', async () => {
    const { marketId } = await openMarket(cold, operator, 'states');
    const change = (status: 'open' | 'paused' | 'closed') => cold.markets.changeStatus.run({ caller: operator, marketId, status });
    expect(await change('open')).toMatchObject({ kind: 'changed', market: { status: 'open', sequence: 1n } });
    expect(await change('paused')).toMatchObject({ kind: 'changed', market: { status: 'paused', sequence: 2n } });
    expect(await change('closed')).toMatchObject({ kind: 'changed', market: { status: 'closed', sequence: 3n } });
    expect(await change('open')).toEqual({ kind: 'market_closed' });
    expect(await cold.sites.add.run({ caller: operator, marketId, name: 'late', capacity: {} })).toEqual({ kind: 'market_closed' });
    expect((await logOf(marketId)).map(({ payload }) => payload).slice(1)).toEqual([
      { from: 'open', status: 'paused' },
      { from: 'paused', status: 'closed' },
    ]);
  });
});

describe('sites', () => {
  it('get ordinals without gaps, also when they are added at once', async () => {
    const market = await openMarket(cold, operator, 'ordinals');
    await Promise.all(Array.from({ length: 8 }, (_, index) => addSite(market, `site ${index}`)));
    const listed = await cold.sites.list.run({ caller: operator, marketId: market.marketId, ...FIRST_PAGE });
    expect(listed.kind === 'page' && listed.sites.map(({ ordinal }) => ordinal)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect((await logOf(market.marketId)).map(({ sequence }) => sequence)).toEqual([1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n, 9n]);
  });

  it('are refused where the market would be too large in all, saying how many fit', async () => {
    const wide = await cold.markets.create.run({ caller: operator, ...TERMS, name: 'wide', horizonSlots: 10_000 });
    if (wide.kind !== 'created') throw new Error(wide.kind);
    for (let index = 0; index < 50; index++) await addSite(wide.market, `site ${index}`);
    const { marketId } = wide.market;
    expect(await cold.sites.add.run({ caller: operator, marketId, name: 'one more', capacity: { gpu: 1 } })).toEqual({
      kind: 'market_too_large',
      detail: '51 sites times 10000 slots are 510000; a market has at most 500000: at most 50 sites with this horizon, or a shorter one',
    });
    expect(MARKET_LIMITS).toEqual({ cells: LIMITS.cellsPerMarket, siteSlots: LIMITS.siteSlotsPerMarket });
  });

  it('are stored in the resources of their market, rounded down', async () => {
    const market = await openMarket(cold, operator, 'units');
    const location = { latitude: 46.9, longitude: -7.4 };
    const outcome = await cold.sites.add.run({
      caller: operator,
      marketId: market.marketId,
      name: 'bern',
      capacity: { cpu: 2.0009 },
      location,
    });
    expect(outcome).toMatchObject({
      kind: 'added',
      site: { ordinal: 0, capacityMilli: [0, 2000], capacity: { gpu: 0, cpu: 2 }, location },
    });
    expect((await logOf(market.marketId)).at(-1)).toMatchObject({
      kind: 'site_added',
      payload: { name: 'bern', capacityMilli: { gpu: 0, cpu: 2_000 } },
    });
    expect(await cold.sites.add.run({ caller: operator, marketId: market.marketId, name: 'bern', capacity: {} })).toEqual({
      kind: 'name_taken',
    });
    const odd = await cold.sites.add.run({ caller: operator, marketId: market.marketId, name: 'odd', capacity: { tpu: 1 } });
    expect(odd).toMatchObject({ kind: 'faults', faults: [{ path: '$.capacity.tpu' }] });
    expect(await logOf(market.marketId)).toHaveLength(2);
  });

  it('widen what is on sale beside what is sold', async () => {
    const market = await openMarket(cold, operator, 'widen');
    await addSite(market, 'one');
    await sell(market, 3, '{10,1000,0}', '{100000,2000,8000}');
    await addSite(market, 'two', { gpu: 1, cpu: 4 });
    expect(await capacities(market)).toEqual([[3, [100_000n, 2000n, 8000n, 1000n, 4000n]]]);
  });
});

describe('capacity', () => {
  const change = (market: MarketRecord, { siteId }: SiteView, capacity: Record<string, number>): Promise<ChangeCapacityOutcome> =>
    cold.sites.changeCapacity.run({ caller: operator, marketId: market.marketId, siteId, capacity });

  it('never falls below what is sold from now on', async () => {
    const market = await openMarket(cold, operator, 'sold');
    await addSite(market, 'first');
    const site = await addSite(market, 'second');
    const there = '{100000,2000,8000,2000,8000}';
    await sell(market, 0, '{0,0,0,2000,0}', there);
    await sell(market, 4, '{0,0,0,1000,5000}', there);
    await sell(market, 6, '{0,0,0,1500,0}', there);
    expect(await change(market, site, { gpu: 1.999 })).toMatchObject({
      kind: 'capacity_sold',
      detail: expect.stringContaining('2 gpu of second'),
    });
    await database.pool.query('UPDATE market SET slot = 1 WHERE id = $1', [market.marketId]);
    expect(await change(market, site, { gpu: 1.4 })).toMatchObject({ kind: 'capacity_sold', detail: expect.stringContaining('slot 6') });
    expect(await logOf(market.marketId)).toHaveLength(3);
    expect(await change(market, site, { gpu: 1.5 })).toMatchObject({ kind: 'changed', site: { capacity: { gpu: 1.5, cpu: 8 } } });
    const now = [100_000n, 2000n, 8000n, 1500n, 8000n];
    expect(await capacities(market)).toEqual([
      [0, [100_000n, 2000n, 8000n, 2000n, 8000n]],
      [4, now],
      [6, now],
    ]);
    expect((await logOf(market.marketId)).at(-1)).toMatchObject({
      sequence: 4n,
      kind: 'capacity_changed',
      payload: { name: 'second', capacityMilli: { gpu: 1_500, cpu: 8_000 } },
    });
  });

  it('is not sold away while it is lowered', async () => {
    const market = await openMarket(cold, operator, 'race');
    const site = await addSite(market, 'one');
    const seller = await database.pool.connect();
    await seller.query('BEGIN');
    await seller.query('SELECT FROM market WHERE id = $1 FOR NO KEY UPDATE', [market.marketId]);
    const lowered = change(market, site, { gpu: 0 });
    await seller.query(
      `INSERT INTO slot_usage (market_id, slot, used_milli, capacity_milli) VALUES ($1, 0, '{0,2000,0}', '{100000,2000,8000}')`,
      [market.marketId],
    );
    await seller.query('COMMIT');
    seller.release();
    expect(await lowered).toMatchObject({ kind: 'capacity_sold' });
  });

  it('is that of a site of the market', async () => {
    const [market, other] = [await openMarket(cold, operator, 'this'), await openMarket(cold, operator, 'that')];
    const site = await addSite(other, 'one');
    expect(await change(market, site, { gpu: 5 })).toEqual({ kind: 'not_found' });
    expect(await change(other, site, { tpu: 5 })).toMatchObject({ kind: 'faults' });
  });
});

it('leaves nothing of a change that fails at the last moment', async () => {
  const market = await openMarket(cold, operator, 'fails');
  const failing = cold.works.catalogue.transaction(async (tx) => {
    await tx.setStatus(market.marketId, 'paused');
    await tx.insertSite({ marketId: market.marketId, ordinal: 0, name: 'gone', capacityMilli: [], location: null });
    await tx.appendEvent(market.marketId, { kind: 'status_changed', payload: { from: 'open', status: 'paused' } });
    throw new Error('just before the commit');
  });
  await expect(failing).rejects.toThrow('just before the commit');
  expect(await cold.markets.get.run({ caller: operator, marketId: market.marketId })).toEqual({ kind: 'found', market });
  expect(await cold.sites.list.run({ caller: operator, marketId: market.marketId, ...FIRST_PAGE })).toEqual({
    kind: 'page',
    sites: [],
    nextId: null,
  });
  expect(await logOf(market.marketId)).toHaveLength(1);
});
