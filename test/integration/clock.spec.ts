import { AcceptBids, AdvanceClock, type ClockOutcome, DecideMarkets, type NewBid, Ringer, TickRealtime } from '#market';
import { createOracle } from '#mechanism';
import { createBidInbox, createClockStore, createDecidingStore } from '#persistence';
import { brokenLaws } from '../support/market-laws.js';
import { seedMarket, type SeededMarket, workload } from '../support/market.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';

const MINUTE_MS = 60_000;

describe('clocks', () => {
  let database: TestDatabase;
  let market: SeededMarket;
  let nowMs = 0;
  const clock = { nowMs: () => nowMs };

  const accept = (bids: readonly NewBid[]): Promise<unknown> =>
    new AcceptBids(createBidInbox(database.pool), new Ringer({ ring: () => Promise.resolve() }, () => undefined), {
      waitMs: 0,
      queueMax: 10_000,
    }).acceptMany(bids);
  const decide = (): Promise<unknown> =>
    new DecideMarkets(
      createDecidingStore(database.pool),
      createOracle('default'),
      { owner: 'one', leaseMs: 2_000, batchMax: 256, thinkMs: 250 },
      clock,
    ).run(market.marketId);
  const advance = (slot: number, organisationId = market.operatorId, time = clock): Promise<ClockOutcome> =>
    new AdvanceClock(createClockStore(database.pool), time, () => undefined).run({ marketId: market.marketId, slot, organisationId });
  const captured = async (): Promise<unknown> =>
    (
      await database.pool.query(
        `SELECT slot, sum(amount_micros)::bigint AS amount FROM transfer WHERE kind = 'capture' GROUP BY slot ORDER BY slot`,
      )
    ).rows;
  const owed = async (before: number): Promise<unknown> =>
    (
      await database.pool.query(
        `SELECT slot, sum(amount_micros)::bigint AS amount FROM placement WHERE slot < $1 AND amount_micros > 0 GROUP BY slot ORDER BY slot`,
        [before],
      )
    ).rows;

  beforeEach(async () => {
    nowMs = 0;
    database = await createTestDatabase();
  });
  afterEach(() => database.drop());

  it('earns every slot that has run, once', async () => {
    market = await seedMarket(database.pool, { reserveMicros: 100_000n });
    await accept(workload(market, 30, 4));
    await decide();
    expect(await advance(2)).toEqual({ kind: 'moved', slot: 2 });
    expect(await captured()).toEqual(await owed(2));
    expect(await advance(60)).toEqual({ kind: 'moved', slot: 60 });
    expect(await captured()).toEqual(await owed(60));
    const { rows } = await database.pool.query(
      `SELECT kind, sum(balance_micros)::bigint > 0 AS some FROM account WHERE kind IN ('escrow', 'revenue') GROUP BY kind ORDER BY kind`,
    );
    expect(rows).toEqual([
      { kind: 'escrow', some: false },
      { kind: 'revenue', some: true },
    ]);
    expect(await brokenLaws(database.pool)).toEqual([]);
  });

  it('moves only forward, only manual clocks, and only for their operator', async () => {
    market = await seedMarket(database.pool);
    await advance(5);
    expect(await advance(5)).toEqual({ kind: 'moved', slot: 5 });
    expect(await advance(4)).toEqual({ kind: 'clock_backwards', slot: 5 });
    expect(await advance(6, market.bidderIds[0])).toEqual({ kind: 'market_unknown' });
    const { rows } = await database.pool.query(`SELECT sequence, payload FROM event WHERE kind = 'clock_advanced'`);
    expect(rows).toEqual([{ sequence: 2n, payload: { from: 0, slot: 5 } }]);
    await database.pool.query(`UPDATE market SET clock = 'realtime'`);
    expect(await advance(6)).toEqual({ kind: 'not_manual' });
  });

  it('waits for bids that were acknowledged before, so that they arrive before', async () => {
    market = await seedMarket(database.pool);
    await accept(workload(market, 10, 4));
    const moved = advance(3);
    await decide();
    expect(await moved).toEqual({ kind: 'moved', slot: 3 });
    expect((await database.pool.query('SELECT DISTINCT arrival_slot FROM decision')).rows).toEqual([{ arrival_slot: 0 }]);
    expect(await brokenLaws(database.pool)).toEqual([]);
  });

  it('gives up where nobody decides', async () => {
    market = await seedMarket(database.pool);
    await accept(workload(market, 1, 4));
    const hurried = { nowMs: () => (nowMs += 5_000) };
    expect(await advance(3, market.operatorId, hurried)).toEqual({ kind: 'decisions_pending' });
  });

  it('moves realtime markets with the time of day, and never back', async () => {
    market = await seedMarket(database.pool, { clock: 'realtime' });
    await accept(workload(market, 10, 4));
    await decide();
    expect((await database.pool.query('SELECT DISTINCT arrival_slot FROM decision')).rows).toEqual([{ arrival_slot: 1 }]);
    const ticker = new TickRealtime(createClockStore(database.pool), clock);
    nowMs = 45 * MINUTE_MS;
    expect(await ticker.run()).toBe(1);
    expect(await ticker.run()).toBe(0);
    nowMs = 15 * MINUTE_MS;
    expect(await ticker.run()).toBe(0);
    expect((await database.pool.query('SELECT slot FROM market')).rows).toEqual([{ slot: 2 }]);
    expect(await captured()).toEqual(await owed(2));
    expect(await brokenLaws(database.pool)).toEqual([]);
  });
});
