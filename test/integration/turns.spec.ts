/** Real: Postgres, the deciding use case. Fake: nothing; markets and money are moved in between at a chosen moment. */
import { AcceptBids, DecideMarkets, type DecidingStore, type NewBid, type RecordOutcome, WakeUpNotifier } from '#market';
import { standardKinds } from '#kinds';
import { createBidInbox, createDecidingStore, createPool } from '#persistence';
import { MarketRunner, type RunReport } from '../../apps/worker/src/index.js';
import { addTwin, newBid, seedMarket, type SeededMarket, smallJob, workload } from '../support/market.js';
import { brokenLaws } from '../support/market-laws.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';

const LIMITS = { owner: 'one', leaseMs: 20_000, batchMax: 60, thinkMs: 10_000 };

let database: TestDatabase;
let markets: SeededMarket[];
let ids: bigint[];

const open = async (count: number, fundsMicros?: bigint): Promise<void> => {
  const market = await seedMarket(database.pool, {
    bidderCount: 1,
    reserveMicros: 100_000n,
    ...(fundsMicros === undefined ? {} : { fundsMicros }),
  });
  markets = [market];
  while (markets.length < count) markets.push(await addTwin(database.pool, market, `twin-${markets.length}`));
  ids = markets.map(({ marketId }) => marketId);
};
const place = (bids: readonly NewBid[]): Promise<unknown> =>
  new AcceptBids(createBidInbox(database.pool), new WakeUpNotifier({ notify: () => Promise.resolve() }, () => undefined), {
    waitMs: 0,
    queueMax: 1_000,
  }).acceptMany(bids);
const decider = (store: DecidingStore, limits = LIMITS): DecideMarkets =>
  new DecideMarkets(store, standardKinds(), limits, { nowMs: () => performance.now() });
/** The store, telling what became of each writing; `before` runs first. */
const watched = (outcomes: (readonly RecordOutcome[])[], before: (writing: number) => Promise<unknown>): DecidingStore => {
  const store = createDecidingStore(database.pool);
  let writings = 0;
  return {
    ...store,
    record: async (turn) => {
      await before(writings++);
      const written = await store.record(turn);
      outcomes.push(written);
      return written;
    },
  };
};
const decidedIn = async (): Promise<number[]> => {
  const text = `SELECT m.id, count(d.bid_id)::int AS count FROM market m LEFT JOIN decision d ON d.market_id = m.id GROUP BY m.id ORDER BY m.id`;
  return (await database.pool.query<{ count: number }>(text)).rows.map(({ count }) => count);
};
const moveClock = (marketId: bigint): Promise<unknown> => database.pool.query('SELECT advance_clock($1, 1)', [marketId]);

beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

describe('a turn of several markets', () => {
  it('is read by one statement and written by another, and leaves no lease behind', async () => {
    await open(3);
    await place(markets.flatMap((market, index) => workload(market, 5 + index, 3, `m${index}`)));
    const outcomes: (readonly RecordOutcome[])[] = [];
    expect(await decider(watched(outcomes, () => Promise.resolve())).turn([...ids].reverse())).toEqual([
      { marketId: ids[2], outcome: { kind: 'drained', decided: 7 } },
      { marketId: ids[1], outcome: { kind: 'drained', decided: 6 } },
      { marketId: ids[0], outcome: { kind: 'drained', decided: 5 } },
    ]);
    expect(outcomes).toEqual([['recorded', 'recorded', 'recorded']]);
    expect((await database.pool.query(`SELECT FROM market_lease WHERE until > now()`)).rowCount).toBe(0);
    expect(await brokenLaws(database.pool)).toEqual([]);
  });

  it('decides the same as each market by itself', async () => {
    await open(2);
    const rows = async (): Promise<unknown[]> =>
      (
        await database.pool.query(
          'SELECT outcome, completion, value_micros, payment_micros, reason FROM decision ORDER BY market_id, sequence',
        )
      ).rows;
    await place(markets.flatMap((market, index) => workload(market, 20, 9, `m${index}`)));
    await decider(createDecidingStore(database.pool)).turn(ids);
    const together = await rows();
    await database.drop();
    database = await createTestDatabase();
    await open(2);
    await place(markets.flatMap((market, index) => workload(market, 20, 9, `m${index}`)));
    for (const marketId of ids) await decider(createDecidingStore(database.pool)).run(marketId);
    expect(await rows()).toEqual(together);
  });

  it('writes the markets that stand, and takes one that was conflicted into the next turn', async () => {
    await open(3);
    await place(markets.flatMap((market, index) => workload(market, 4, 3, `m${index}`)));
    const outcomes: (readonly RecordOutcome[])[] = [];
    const one = decider(watched(outcomes, (writing) => (writing === 0 ? moveClock(ids[1]) : Promise.resolve())));
    expect(await one.turn(ids)).toMatchObject([
      { outcome: { kind: 'drained', decided: 4 } },
      { outcome: { kind: 'more', decided: 0 } },
      { outcome: { kind: 'drained', decided: 4 } },
    ]);
    expect(await decidedIn()).toEqual([4, 0, 4]);
    expect((await database.pool.query(`SELECT FROM market_lease WHERE until > now()`)).rowCount).toBe(0);
    await one.turn(ids);
    expect(outcomes).toEqual([['recorded', 'stale', 'recorded'], ['recorded']]);
    expect(await decidedIn()).toEqual([4, 4, 4]);
    expect(await brokenLaws(database.pool)).toEqual([]);
  });

  it.each([
    ['matters', 300_000_000n, ['stale', 'funds_moved'], [0, 0]],
    ['is no matter', 100_000_000_000n, ['stale', 'recorded'], [0, 1]],
  ])('writes what bids have left when a batch before them falls away, where money %s', async (_, funds, expected, decided) => {
    await open(2, funds);
    await place(markets.map((market, index) => newBid(market, market.bidderIds[0], `m${index}`, smallJob(market, 5000))));
    const outcomes: (readonly RecordOutcome[])[] = [];
    const one = decider(watched(outcomes, (writing) => (writing === 0 ? moveClock(ids[0]) : Promise.resolve())));
    await one.turn(ids);
    expect(outcomes).toEqual([expected]);
    expect(await decidedIn()).toEqual(decided);
    await one.turn(ids);
    const { rows } = await database.pool.query<{ funds_micros: bigint; payment_micros: bigint }>(
      'SELECT funds_micros, payment_micros FROM decision ORDER BY decided_at, bid_id',
    );
    expect(rows[0].funds_micros).toBe(funds);
    expect(rows[1].funds_micros).toBe(funds - rows[0].payment_micros);
    expect(await brokenLaws(database.pool)).toEqual([]);
  });
});

describe('a turn that does not go smoothly', () => {
  it('decides a market by itself that is conflicted turn after turn, at last with the market held', async () => {
    await open(2);
    await place(markets.flatMap((market, index) => workload(market, 2, 3, `m${index}`)));
    let slot = 0;
    const restless = watched([], () => database.pool.query('SELECT advance_clock($1, $2)', [ids[0], ++slot]));
    const one = decider(restless);
    await one.turn(ids);
    await place(workload(markets[1], 1, 8, 'later'));
    await one.turn(ids);
    expect((await decidedIn())[0]).toBeGreaterThan(0);
    expect(await brokenLaws(database.pool)).toEqual([]);
  });

  it('decides all markets at once again after a failure that passes', async () => {
    await open(4);
    await place(markets.flatMap((market, index) => workload(market, 3, 3, `m${index}`)));
    let fails = true;
    const one = decider(watched([], () => (fails ? ((fails = false), Promise.reject(new Error('connection lost'))) : Promise.resolve())));
    expect(await one.turn(ids)).toMatchObject(ids.map(() => ({ outcome: { kind: 'drained', decided: 3 } })));
    expect(await brokenLaws(database.pool)).toEqual([]);
  });

  it('goes on without a market that fails, and tells why', async () => {
    await open(3);
    await place(markets.flatMap((market, index) => workload(market, 3, 3, `m${index}`)));
    const store = createDecidingStore(database.pool);
    let fails = true;
    const one = decider({
      ...store,
      loadState: (marketId) => (fails && marketId === ids[1] ? Promise.reject(new Error('unreadable')) : store.loadState(marketId)),
    });
    expect(await one.turn(ids)).toMatchObject([
      { outcome: { decided: 3 } },
      { outcome: { kind: 'more' } },
      { outcome: { kind: 'drained', decided: 3 } },
    ]);
    expect(await one.turn(ids.slice(1))).toMatchObject([{ cause: new Error('unreadable') }, { outcome: { kind: 'drained', decided: 0 } }]);
    await place(markets.flatMap((market, index) => workload(market, 1, 4, `later${index}`)));
    expect(await one.turn(ids)).toMatchObject([
      { outcome: { decided: 1 } },
      { cause: new Error('unreadable') },
      { outcome: { decided: 1 } },
    ]);
    fails = false;
    expect(await one.turn(ids)).toMatchObject([{ outcome: { decided: 0 } }, { outcome: { decided: 4 } }, { outcome: { decided: 0 } }]);
    expect((await database.pool.query(`SELECT FROM market_lease WHERE until > now()`)).rowCount).toBe(0);
    expect(await brokenLaws(database.pool)).toEqual([]);
  });

  it('lets each market think for its share of the time', async () => {
    await open(3);
    await place(markets.flatMap((market, index) => workload(market, 20, 3, `m${index}`)));
    let nowMs = 0;
    const clock = { nowMs: () => (nowMs += 10) };
    const one = new DecideMarkets(createDecidingStore(database.pool), standardKinds(), { ...LIMITS, thinkMs: 300 }, clock);
    const decided = (await one.turn(ids)).map((turn) => ('outcome' in turn ? turn.outcome.decided : 0));
    expect(Math.min(...decided)).toBeGreaterThan(5);
    expect(Math.max(...decided)).toBeLessThan(15);
  });

  it('comes to an end with few connections where a poor bidder bids in many markets', async () => {
    await open(12, 300_000_000n);
    await place(markets.flatMap((market, index) => workload(market, 6, 3 + index, `m${index}`)));
    const pool = createPool(database.url, { max: 5 });
    try {
      const report: RunReport = { ended: () => undefined, failed: (_marketId, cause) => causes.push(cause) };
      const causes: unknown[] = [];
      const runner = new MarketRunner(decider(createDecidingStore(pool)), { nowMs: () => performance.now() }, report, {
        turns: 2,
        marketsMax: 16,
        slowTurns: 1,
      });
      for (let left = 20; left > 0 && (await decidedIn()).some((count) => count < 6); left--)
        await Promise.all(ids.map((marketId) => runner.wake(marketId)));
      expect(await decidedIn()).toEqual(ids.map(() => 6));
      expect(causes).toEqual([]);
      expect(await brokenLaws(database.pool)).toEqual([]);
    } finally {
      await pool.end();
    }
  });

  it('shares the bids of a turn among its markets, and says where more wait', async () => {
    await open(3);
    await place([...workload(markets[0], 30, 3, 'a'), ...workload(markets[2], 2, 3, 'c')]);
    expect(await decider(createDecidingStore(database.pool)).turn([...ids, 999_999n])).toEqual([
      { marketId: ids[0], outcome: { kind: 'more', decided: 15 } },
      { marketId: ids[1], outcome: { kind: 'drained', decided: 0 } },
      { marketId: ids[2], outcome: { kind: 'drained', decided: 2 } },
      { marketId: 999_999n, outcome: { kind: 'market_unknown', decided: 0 } },
    ]);
  });

  it('decides each bid once with four deciders that take turns at once', async () => {
    await open(4);
    await place(markets.flatMap((market, index) => workload(market, 25, 3 + index, `m${index}`)));
    const deciders = ['a', 'b', 'c', 'd'].map((owner) => decider(createDecidingStore(database.pool), { ...LIMITS, owner, batchMax: 20 }));
    const order = [ids, [...ids].reverse(), [ids[1], ids[3], ids[0], ids[2]], [ids[2], ids[0]]];
    for (let left = 8; left > 0; left--) await Promise.all(deciders.map((one, index) => one.turn(order[index])));
    while (((await database.pool.query('SELECT FROM undecided_bid')).rowCount ?? 0) > 0) await deciders[0].turn(ids);
    expect(await decidedIn()).toEqual([25, 25, 25, 25]);
    expect(await brokenLaws(database.pool)).toEqual([]);
  });
});
