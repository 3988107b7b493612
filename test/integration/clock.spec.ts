import { AcceptBids, AdvanceClock, type ClockOutcome, DecideMarkets, type NewBid, WakeUpNotifier, SLOT_MAX, TickRealtime } from '#market';
import { standardKinds } from '#kinds';
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
    new AcceptBids(createBidInbox(database.pool), new WakeUpNotifier({ notify: () => Promise.resolve() }, () => undefined), {
      waitMs: 0,
      queueMax: 10_000,
    }).acceptMany(bids);
  const decide = (): Promise<unknown> =>
    new DecideMarkets(
      createDecidingStore(database.pool),
      standardKinds(),
      { owner: 'one', leaseMs: 2_000, batchMax: 256, thinkMs: 250 },
      clock,
    ).run(market.marketId);
  const advance = (slot: number, organisationId = market.operatorId, time = clock): Promise<ClockOutcome> =>
    new AdvanceClock(createClockStore(database.pool), time, () => undefined).run({ marketId: market.marketId, slot, organisationId });
  const retained = async (): Promise<unknown> =>
    (
      await database.pool.query(
        `SELECT slot, sum(amount_micros)::bigint AS amount FROM transfer WHERE kind = 'retain' GROUP BY slot ORDER BY slot`,
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
    expect(await retained()).toEqual(await owed(2));
    expect(await advance(60)).toEqual({ kind: 'moved', slot: 60 });
    expect(await retained()).toEqual(await owed(60));
    const { rows } = await database.pool.query(
      `SELECT kind, sum(balance_micros)::bigint > 0 AS some FROM account WHERE kind IN ('escrow', 'retained', 'revenue') GROUP BY kind ORDER BY kind`,
    );
    expect(rows).toEqual([
      { kind: 'escrow', some: false },
      { kind: 'retained', some: false },
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

  describe('of a paused market', () => {
    const pause = (): Promise<unknown> => database.pool.query(`UPDATE market SET status = 'paused'`);

    it('moves where nobody waits, and says at once that it has to be resumed where somebody does', async () => {
      market = await seedMarket(database.pool);
      await pause();
      expect(await advance(1)).toEqual({ kind: 'moved', slot: 1 });
      await database.pool.query(`UPDATE market SET status = 'open'`);
      await accept(workload(market, 3, 4));
      await pause();
      const frozen = { nowMs: () => 0 }; // waiting for the end of the wait would take for ever
      expect(await advance(3, market.operatorId, frozen)).toEqual({
        kind: 'market_paused',
        detail:
          'The market is paused and has 3 bids that are not decided; they arrived before the move, so they have to be decided before it.',
      });
      expect((await database.pool.query('SELECT slot FROM market')).rows).toEqual([{ slot: 1 }]);
    });

    it('says so too where it is paused while a move waits', async () => {
      market = await seedMarket(database.pool);
      await accept(workload(market, 1, 4));
      const moved = advance(3, market.operatorId, { nowMs: () => 0 });
      await pause();
      expect(await moved).toMatchObject({ kind: 'market_paused', detail: expect.stringContaining('1 bid that is not decided') });
    });
  });

  it('asks before it leaps over everything on sale, where leaps are asked about', async () => {
    market = await seedMarket(database.pool, { horizonSlots: 50 });
    const move = (slot: number, mayLeap: boolean): Promise<ClockOutcome> =>
      new AdvanceClock(createClockStore(database.pool), clock, () => undefined).run({
        marketId: market.marketId,
        organisationId: market.operatorId,
        slot,
        mayLeap,
      });
    expect(await move(50, false)).toEqual({ kind: 'moved', slot: 50 });
    expect(await move(101, false)).toEqual({
      kind: 'clock_leap',
      detail: 'From slot 50 to slot 101 are 51 slots, and 50 are on sale: all that is sold would have run.',
    });
    expect(await move(1_764_325_804, true)).toEqual({ kind: 'moved', slot: 1_764_325_804 });
  });

  it('leaves room for what is on sale, and earns all of it once the market is closed', async () => {
    market = await seedMarket(database.pool, { reserveMicros: 100_000n, horizonSlots: 50 });
    const last = SLOT_MAX - 50;
    expect(await advance(last + 1)).toMatchObject({ kind: 'faults', faults: [{ path: '$.slot' }] });
    expect(await advance(last)).toEqual({ kind: 'moved', slot: last });
    await accept(workload(market, 30, 4));
    await decide();
    expect(await owed(SLOT_MAX)).not.toEqual([]);
    await database.pool.query(`UPDATE market SET status = 'closed'`);
    expect(await advance(SLOT_MAX)).toEqual({ kind: 'moved', slot: SLOT_MAX });
    expect(await retained()).toEqual(await owed(2_147_483_647));
    const { rows } = await database.pool.query(`SELECT balance_micros FROM account WHERE kind = 'escrow' AND balance_micros <> 0`);
    expect(rows).toEqual([]);
    expect(await brokenLaws(database.pool)).toEqual([]);
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
    expect(await retained()).toEqual(await owed(2));
    expect(await brokenLaws(database.pool)).toEqual([]);
  });
});
