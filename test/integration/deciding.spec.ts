import { AcceptBids, AdvanceClock, DecideMarkets, type DecidingStore, type NewBid, WakeUpNotifier } from '#market';
import { standardKinds } from '#kinds';
import { createBidInbox, createClockStore, createDecidingStore, findWaitingMarkets } from '#persistence';
import { brokenLaws } from '../support/market-laws.js';
import { newBid, seedMarket, type SeededMarket, smallJob, workload } from '../support/market.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';

const clock = { nowMs: () => performance.now() };
const silent = new WakeUpNotifier({ notify: () => Promise.resolve() }, () => undefined);

interface DecisionRow {
  readonly outcome: string;
  readonly code: string | null;
  readonly payment_micros: bigint;
}

let database: TestDatabase;
let market: SeededMarket;

const accept = (bids: readonly NewBid[]): Promise<unknown> =>
  new AcceptBids(createBidInbox(database.pool), silent, { waitMs: 0, queueMax: 10_000 }).acceptMany(bids);
const decider = (owner: string, store: DecidingStore = createDecidingStore(database.pool), leaseMs = 20_000): DecideMarkets =>
  new DecideMarkets(store, standardKinds(), { owner, leaseMs, batchMax: 16, thinkMs: leaseMs / 2 }, clock);
const decisions = async (): Promise<DecisionRow[]> => {
  const text = `SELECT outcome, reason ->> 'code' AS code, completion, value_micros, payment_micros, price_version, arrival_slot FROM decision ORDER BY sequence`;
  return (await database.pool.query<DecisionRow>(text)).rows;
};
const decideAll = async (): Promise<void> => {
  expect((await decider('one').run(market.marketId)).kind).toBe('drained');
  expect(await brokenLaws(database.pool)).toEqual([]);
};

beforeEach(async () => {
  database = await createTestDatabase();
  market = await seedMarket(database.pool);
});
afterEach(() => database.drop());

describe('deciding bids', () => {
  it('decides a workload within the laws, and twice the same', async () => {
    await accept(workload(market, 60, 7));
    await decideAll();
    const first = await decisions();
    expect(new Set(first.map((row) => row.outcome))).toEqual(new Set(['accepted', 'refused']));
    const again = await createTestDatabase();
    try {
      const twin = await seedMarket(again.pool);
      await new AcceptBids(createBidInbox(again.pool), silent, { waitMs: 0, queueMax: 10_000 }).acceptMany(workload(twin, 60, 7));
      const store = createDecidingStore(again.pool); // other batches, same decisions
      await new DecideMarkets(store, standardKinds(), { owner: 'x', leaseMs: 2_000, batchMax: 5, thinkMs: 1_000 }, clock).run(
        twin.marketId,
      );
      const text = `SELECT outcome, reason ->> 'code' AS code, completion, value_micros, payment_micros, price_version, arrival_slot FROM decision ORDER BY sequence`;
      expect((await again.pool.query(text)).rows).toEqual(first);
    } finally {
      await again.drop();
    }
  });

  it('decides each bid once and sells nothing twice with four deciders at once', async () => {
    const bids = workload(market, 120, 11);
    const deciders = ['a', 'b', 'c', 'd'].map((owner) => decider(owner));
    await Promise.all([0, 30, 60, 90].map((at) => accept(bids.slice(at, at + 30))));
    await Promise.all(deciders.map((one) => one.run(market.marketId)));
    await decideAll(); // whatever a busy lease left over
    expect(await decisions()).toHaveLength(120);
  });

  it('takes a market from a lease that is longer than leases are: the clock of the database was set back', async () => {
    await accept(workload(market, 1, 5));
    await database.pool.query(`INSERT INTO market_lease VALUES ($1, 7, 'gone', now() + interval '1 hour')`, [market.marketId]);
    expect(await findWaitingMarkets(database.pool, { owner: 'one', leaseMs: 20_000 }, 0)).toEqual([market.marketId]);
    expect(await decider('one').run(market.marketId)).toEqual({ kind: 'drained', decided: 1 });
    expect((await database.pool.query('SELECT epoch FROM decision')).rows).toEqual([{ epoch: 8n }]);
  });

  it('leaves bids to the worker that decided there last, for a moment', async () => {
    const waitingFor = (owner: string, ms?: number): Promise<bigint[]> => findWaitingMarkets(database.pool, { owner, leaseMs: 20_000 }, ms);
    await accept(workload(market, 1, 5, 'first'));
    expect(await waitingFor('one')).toEqual([market.marketId]); // nobody has decided there
    await decider('one').run(market.marketId);
    await accept(workload(market, 2, 5, 'then'));
    expect(await waitingFor('one', 60_000)).toEqual([market.marketId]);
    expect(await waitingFor('two', 60_000)).toEqual([]);
    expect(await waitingFor('two', 0)).toEqual([market.marketId]);
    await database.pool.query(`UPDATE market_lease SET until = now() + interval '10 s'`);
    expect(await waitingFor('two', 0)).toEqual([]); // it is being decided
    await database.pool.query(`UPDATE market SET status = 'paused'`);
    expect(await waitingFor('one')).toEqual([]);
  });

  it('never spends more than a wallet holds, within a batch either', async () => {
    await database.drop();
    database = await createTestDatabase();
    market = await seedMarket(database.pool, { bidderCount: 1, fundsMicros: 20_000_000n, reserveMicros: 100_000n });
    await accept(workload(market, 60, 13));
    await decideAll();
    const rows = await decisions();
    expect(rows.some((row) => row.code === 'insufficient_funds')).toBe(true);
    expect(rows.reduce((sum, row) => sum + row.payment_micros, 0n)).toBeLessThanOrEqual(20_000_000n);
  });

  it('refuses what waits in a closed market and leaves what waits in a paused one', async () => {
    await accept(workload(market, 3, 1));
    await database.pool.query(`UPDATE market SET status = 'paused'`);
    expect(await decider('one').run(market.marketId)).toEqual({ kind: 'paused', decided: 0 });
    await database.pool.query(`UPDATE market SET status = 'closed'`);
    await decideAll();
    expect((await decisions()).map((row) => row.code)).toEqual(['market_closed', 'market_closed', 'market_closed']);
  });

  it('sees a change of the market by someone else and builds its book anew', async () => {
    const one = decider('one');
    await accept(workload(market, 5, 2));
    await one.run(market.marketId);
    const move = { marketId: market.marketId, slot: 4, organisationId: market.operatorId };
    const advance = new AdvanceClock(createClockStore(database.pool), clock, () => undefined);
    expect(await advance.run(move)).toEqual({ kind: 'moved', slot: 4 });
    await accept([newBid(market, market.bidderIds[0], 'later', smallJob(market, 5000))]);
    await one.run(market.marketId);
    const { rows } = await database.pool.query('SELECT arrival_slot, price_version FROM decision ORDER BY sequence DESC LIMIT 1');
    expect(rows).toEqual([{ arrival_slot: 4, price_version: 7n }]);
    expect(await brokenLaws(database.pool)).toEqual([]);
  });

  it('stops at the end of a batch when told to', async () => {
    await accept(workload(market, 40, 2));
    const stopping = new AbortController();
    const store = createDecidingStore(database.pool);
    const one = decider('one', {
      ...store,
      record: (...batch) => store.record(...batch).finally(() => stopping.abort()),
    });
    expect(await one.run(market.marketId, stopping.signal)).toEqual({ kind: 'stopped', decided: 16 });
    expect(await decisions()).toHaveLength(16);
  });
});

/** Another decider, the market's clock, a line that is cut: between what a batch was decided from and its writing. */
describe('a batch that is conflicted or lost', () => {
  it('writes nothing of a decider that was away for longer than its lease', async () => {
    await accept(workload(market, 20, 3));
    const store = createDecidingStore(database.pool);
    let paused: (() => void) | undefined;
    const stopped = new Promise<void>((resolve) => (paused = resolve));
    let resume: (() => void) | undefined;
    const away = new Promise<void>((resolve) => (resume = resolve));
    const slow = decider('slow', {
      ...store,
      record: async (...batch) => {
        paused?.(); // all is decided, nothing is written
        await away;
        return store.record(...batch);
      },
    });
    const lost = slow.run(market.marketId);
    await stopped;
    await database.pool.query(`UPDATE market_lease SET until = now()`);
    const other = decider('other').run(market.marketId);
    expect(await other).toEqual({ kind: 'drained', decided: 20 });
    await accept([newBid(market, market.bidderIds[0], 'more', smallJob(market, 5000))]);
    await database.pool.query(`UPDATE market_lease SET until = now() + interval '10 s'`); // the other one goes on
    resume?.();
    expect(await lost).toEqual({ kind: 'busy', decided: 0 });
    expect(await decisions()).toHaveLength(20);
    expect(await brokenLaws(database.pool)).toEqual([]);
  });

  it('writes nothing by the epoch of a lease that another one has taken, though the market stands where it stood', async () => {
    await accept(workload(market, 5, 3));
    const store = createDecidingStore(database.pool);
    const robbed = decider('robbed', {
      ...store,
      record: async (...batch) => {
        await database.pool.query(`UPDATE market_lease SET owner = 'robber', epoch = epoch + 1, until = now() + interval '10 s'`);
        return store.record(...batch);
      },
    });
    expect(await robbed.run(market.marketId)).toEqual({ kind: 'busy', decided: 0 });
    expect(await decisions()).toEqual([]);
    expect((await database.pool.query('SELECT sequence FROM market')).rows).toEqual([{ sequence: 1n }]);
  });

  it('decides a batch again that the clock of its market has conflicted', async () => {
    await accept(workload(market, 12, 3));
    const store = createDecidingStore(database.pool);
    const outcomes: string[] = [];
    const one = decider('one', {
      ...store,
      record: async (...batch) => {
        if (outcomes.length === 0) {
          const text = `WITH m AS (UPDATE market SET slot = slot + 1, sequence = sequence + 1 RETURNING id, sequence)
            INSERT INTO event (market_id, sequence, kind, version, payload) SELECT id, sequence, 'clock_advanced', 1, '{"from":0,"slot":1}' FROM m`;
          await database.pool.query(text);
        }
        const written = await store.record(...batch);
        outcomes.push(...written);
        return written;
      },
    });
    expect(await one.run(market.marketId)).toEqual({ kind: 'drained', decided: 12 });
    expect(outcomes).toEqual(['stale', 'recorded', 'recorded']); // half as many bids at first
    expect((await database.pool.query('SELECT DISTINCT arrival_slot FROM decision')).rows).toEqual([{ arrival_slot: 1 }]);
    expect(await brokenLaws(database.pool)).toEqual([]);
  });

  it('holds a market that is always conflicted, and decides it then', async () => {
    await accept(workload(market, 2, 3));
    const real = createDecidingStore(database.pool);
    let conflicted = 0;
    const one = decider('one', { ...real, record: () => Promise.resolve([++conflicted > 0 ? 'stale' : 'recorded']) });
    expect(await one.run(market.marketId)).toEqual({ kind: 'drained', decided: 2 });
    expect(conflicted).toBe(8); // four times for each bid: a batch that was held is of one bid
    expect(await brokenLaws(database.pool)).toEqual([]);
  });

  it('writes nothing of a held batch that fails, and lets the market go', async () => {
    await accept(workload(market, 2, 3));
    const real = createDecidingStore(database.pool);
    const one = decider('one', {
      ...real,
      record: () => Promise.resolve(['stale']),
      held: (marketId, idleMs, work) =>
        real.held(marketId, idleMs, async (held) => {
          await work(held);
          throw new Error('just before the commit');
        }),
    });
    await expect(one.run(market.marketId)).rejects.toThrow('just before the commit');
    expect(await decisions()).toEqual([]);
    expect(await decider('two').run(market.marketId)).toEqual({ kind: 'drained', decided: 2 });
  });

  it('decides nothing in a market that was paused after the lease was taken', async () => {
    await accept(workload(market, 2, 3));
    const store = createDecidingStore(database.pool);
    const one = decider('one', {
      ...store,
      loadState: async (marketId) => {
        await database.pool.query(`UPDATE market SET status = 'paused', sequence = sequence + 1`);
        return store.loadState(marketId);
      },
    });
    expect(await one.run(market.marketId)).toEqual({ kind: 'paused', decided: 0 });
    expect(await decisions()).toEqual([]);
  });

  it('lets the market go when its batch fails', async () => {
    await accept(workload(market, 2, 3));
    const store = createDecidingStore(database.pool);
    const one = decider('one', { ...store, record: () => Promise.reject(new Error('the line was cut')) });
    await expect(one.run(market.marketId)).rejects.toThrow('the line was cut');
    expect(await decider('two').run(market.marketId)).toEqual({ kind: 'drained', decided: 2 });
  });

  it('leaves a market to the process that holds its lease', async () => {
    await accept(workload(market, 1, 5));
    await database.pool.query(`INSERT INTO market_lease VALUES ($1, 7, 'other', now() + interval '10 s')`, [market.marketId]);
    expect(await decider('one').run(market.marketId)).toEqual({ kind: 'busy', decided: 0 });
    await database.pool.query(`UPDATE market_lease SET until = now()`);
    expect(await decider('one').run(market.marketId)).toEqual({ kind: 'drained', decided: 1 });
    expect((await database.pool.query('SELECT epoch FROM decision')).rows).toEqual([{ epoch: 8n }]);
  });

  it('changes nothing, and keeps no book that is ahead, when a batch is not written', async () => {
    await accept(workload(market, 10, 9));
    const store = createDecidingStore(database.pool);
    let failing = true;
    const one = decider('one', {
      ...store,
      record: (...batch) => (failing ? Promise.reject(new Error('the line was cut')) : store.record(...batch)),
    });
    await expect(one.run(market.marketId)).rejects.toThrow('the line was cut');
    expect(await decisions()).toEqual([]);
    failing = false;
    expect(await one.run(market.marketId)).toEqual({ kind: 'drained', decided: 10 });
    expect(await brokenLaws(database.pool)).toEqual([]);
  });

  it('decides nothing twice when the answer to a written batch is lost', async () => {
    await accept(workload(market, 10, 9));
    const store = createDecidingStore(database.pool);
    const one = decider('one', {
      ...store,
      record: async (...batch) => {
        await store.record(...batch);
        throw new Error('the line was cut');
      },
    });
    await expect(one.run(market.marketId)).rejects.toThrow('the line was cut');
    await accept([newBid(market, market.bidderIds[0], 'later', smallJob(market, 5000))]);
    expect(await decider('one').run(market.marketId)).toEqual({ kind: 'drained', decided: 1 });
    expect(await brokenLaws(database.pool)).toEqual([]);
  });
});
