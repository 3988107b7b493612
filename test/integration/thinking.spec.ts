/** Real: threads, Postgres, the deciding use case. Fake: nothing; markets are moved in between at a chosen moment. */
import { readdir } from 'node:fs/promises';
import { getPriority } from 'node:os';
import {
  AcceptBids,
  BookReader,
  createThinker,
  DecideMarkets,
  type DecidingStore,
  type NewBid,
  openBook,
  type OpenBook,
  WakeUpNotifier,
  type Thinker,
} from '#market';
import { standardKinds } from '#kinds';
import { capacityOf, pricesOf, usageOf } from '#mechanism';
import { createBidInbox, createBookSource, createDecidingStore } from '#persistence';
import { openThinkPool, type ThinkPool } from '#thinking';
import { newBid, seedMarket, type SeededMarket, smallJob, workload } from '../support/market.js';
import { brokenLaws } from '../support/market-laws.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';

const clock = { nowMs: () => performance.now() };
const LIMITS = { owner: 'one', leaseMs: 20_000, batchMax: 16, thinkMs: 10_000 };
/** A market whose book, and any workload's bids in it, are for threads. */
const LARGE = { horizonSlots: 400, siteCount: 20 };
const DECISIONS = `SELECT bid_id, sequence, outcome, completion, value_micros, payment_micros, price_version, arrival_slot, funds_micros, reason::text,
  (SELECT lines::text FROM allocation a WHERE a.bid_id = d.bid_id) FROM decision d ORDER BY sequence`;

let database: TestDatabase;
let market: SeededMarket;
let pool: ThinkPool;
let tasks: string[];

const inProcess = (): Thinker => createThinker(standardKinds(), clock);
const decider = (thinker: Thinker, store: DecidingStore = createDecidingStore(database.pool), limits = LIMITS): DecideMarkets =>
  new DecideMarkets(store, standardKinds(), limits, clock, thinker);
const place = (bids: readonly NewBid[]): Promise<unknown> =>
  new AcceptBids(createBidInbox(database.pool), new WakeUpNotifier({ notify: () => Promise.resolve() }, () => undefined), {
    waitMs: 0,
    queueMax: 1_000,
  }).acceptMany(bids);

/** How far each thread of this process gives way. */
async function threadPriorities(): Promise<number[]> {
  return (await readdir('/proc/self/task')).map((thread) => getPriority(Number(thread)));
}

beforeEach(async () => {
  database = await createTestDatabase();
  market = await seedMarket(database.pool, { ...LARGE, reserveMicros: 1_000n });
  tasks = [];
  const watch = { ended: (task: string) => tasks.push(task), failed: (task: string) => tasks.push(`failed ${task}`) };
  pool = openThinkPool({ threads: 1, clock, watch });
});
afterEach(async () => {
  await pool.close(0);
  await database.drop();
});

describe('deciding on threads', () => {
  it('decides the same, to the byte, as deciding in the process', async () => {
    const rows: unknown[] = [];
    for (const thinker of [pool, inProcess()]) {
      await place(workload(market, 30, 5));
      const one = decider(thinker);
      expect(await one.run(market.marketId)).toEqual({ kind: 'drained', decided: 30 });
      await database.pool.query('SELECT advance_clock($1, 2)', [market.marketId]);
      await place(workload(market, 10, 8, 'later'));
      await one.run(market.marketId);
      expect(await brokenLaws(database.pool)).toEqual([]);
      rows.push((await database.pool.query(DECISIONS)).rows);
      await database.drop();
      database = await createTestDatabase();
      market = await seedMarket(database.pool, { ...LARGE, reserveMicros: 1_000n });
    }
    expect(rows[0]).toHaveLength(40);
    expect(rows[0]).toEqual(rows[1]);
    expect(tasks.filter((task) => task === 'build')).toHaveLength(1); // a moved clock is caught up with
  });

  it('leaves what takes long out of a turn, and decides it in a slow one', async () => {
    await place(workload(market, 3, 5));
    const one = decider(pool);
    expect(await one.turn([market.marketId])).toEqual([{ marketId: market.marketId, outcome: { kind: 'slow', decided: 0 } }]);
    expect((await database.pool.query(`SELECT FROM market_lease WHERE until > now()`)).rowCount).toBe(0);
    expect(await one.slowTurn(market.marketId)).toEqual({ marketId: market.marketId, outcome: { kind: 'drained', decided: 3 } });
    await place(workload(market, 2, 6, 'more'));
    expect(await one.turn([market.marketId])).toEqual([{ marketId: market.marketId, outcome: { kind: 'slow', decided: 0 } }]);
    expect(await one.slowTurn(market.marketId)).toMatchObject({ outcome: { kind: 'drained', decided: 2 } });
    expect(tasks).toEqual(['build', 'decide', 'decide']);
    expect(await threadPriorities()).toContain(10); // the event loop keeps its own, and goes first
    expect(getPriority()).toBe(0);
  });

  it('writes nothing of a batch whose thread dies, and decides it the next time', async () => {
    await place(workload(market, 3, 5));
    const small = openThinkPool({ threads: 1, clock, watch: { ended: () => undefined, failed: () => undefined }, taskMsMax: 1 });
    try {
      expect(await decider(small).slowTurn(market.marketId)).toMatchObject({ cause: { name: 'ThinkingFailed' } });
      expect(await small.build(await createDecidingStore(database.pool).loadRows(market.marketId)).catch(String)).toContain(
        'ThinkingFailed',
      );
    } finally {
      await small.close(0);
    }
    expect((await database.pool.query('SELECT FROM decision')).rowCount).toBe(0);
    expect(await decider(pool).run(market.marketId)).toEqual({ kind: 'drained', decided: 3 });
    expect(await brokenLaws(database.pool)).toEqual([]);
  });
});

describe('a lease while its owner thinks', () => {
  /** Thinks for longer than a lease lasts. */
  const slowly = (ms: number): Thinker => ({
    ...inProcess(),
    decide: async (task) => {
      await new Promise((resolve) => setTimeout(resolve, ms));
      return inProcess().decide(task);
    },
  });
  const SHORT = { ...LIMITS, leaseMs: 600, thinkMs: 100 };

  it('is renewed, so that nobody else takes the market', async () => {
    await place(workload(market, 1, 5));
    const thinking = decider(slowly(2_000), undefined, SHORT).slowTurn(market.marketId);
    let busy = 0;
    for (let look = 0; look < 15; look++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      const turn = await decider(inProcess(), undefined, { ...SHORT, owner: 'two' }).slowTurn(market.marketId);
      if ('outcome' in turn && turn.outcome.kind === 'busy') busy++;
    }
    expect(busy).toBeGreaterThanOrEqual(14); // the first one may come before the market is taken
    expect(await thinking).toMatchObject({ outcome: { kind: 'drained', decided: 1 } });
  });

  it('is not renewed once it was given back or taken by another one', async () => {
    const store = createDecidingStore(database.pool);
    const { markets } = await store.leaseAndRead([market.marketId], SHORT, 1);
    const held = markets.filter((opened) => opened.kind === 'ours');
    await store.release([market.marketId], 'one');
    await store.renew(held, SHORT);
    expect((await database.pool.query(`SELECT FROM market_lease WHERE until > now()`)).rowCount).toBe(0);
    await store.leaseAndRead([market.marketId], { ...SHORT, owner: 'two' }, 1);
    await store.renew(held, { ...SHORT, leaseMs: 3_600_000 });
    expect((await database.pool.query(`SELECT FROM market_lease WHERE until > now() + interval '1 minute'`)).rowCount).toBe(0);
  });

  it('lets a market be held while it is thought about for longer than its session may be silent', async () => {
    await place(workload(market, 1, 5));
    let slot = 0;
    const store = createDecidingStore(database.pool);
    const restless: DecidingStore = {
      ...store,
      record: async (turn) => {
        await database.pool.query('SELECT advance_clock($1, $2)', [market.marketId, ++slot]);
        return store.record(turn);
      },
    };
    expect(await decider(slowly(1_500), restless, SHORT).slowTurn(market.marketId)).toMatchObject({
      outcome: { decided: 1 },
    });
    expect(slot).toBe(4); // conflicted four times, then held
  });
});

/** All that a book says, whichever slots somebody has looked at already. */
function told(open: OpenBook | undefined) {
  if (!open) throw new Error('the book is there');
  const { state, book } = open;
  const slots = Array.from({ length: book.slotCount }, (_, index) => book.baseSlot + index);
  return {
    state,
    slots: slots.map((slot) => ({ used: usageOf(book, slot), capacity: capacityOf(book, slot), prices: pricesOf(book, slot) })),
  };
}

describe('a book that is brought up to date', () => {
  it('is the one that is built anew, whatever has happened', async () => {
    const source = createBookSource(database.pool);
    const books = new BookReader(source, pool, 10_000_000);
    for (let round = 0; round < 6; round++) {
      await place(workload(market, 5, 20 + round, `round-${round}`));
      await decider(pool).run(market.marketId);
      if (round % 2 === 1) await database.pool.query('SELECT advance_clock($1, $2)', [market.marketId, round * 5]);
      const seen = await source.findVisible(market.marketId, market.operatorId);
      const rows = await createDecidingStore(database.pool).loadState(market.marketId);
      if (!seen || rows === 'large') throw new Error('the market is there');
      expect(told(await books.read(seen))).toEqual(told(openBook(rows)));
    }
    expect(tasks.filter((task) => task === 'build')).toHaveLength(7); // one by each: a reader, and six deciders
  });

  it('is built and decided on here where that is little', async () => {
    const small = await seedMarket(database.pool, { operator: 'small' });
    const wide = await seedMarket(database.pool, { operator: 'wide', siteCount: 60, horizonSlots: 60 });
    const tiny = { ...smallJob(wide, 100), chunks: { [wide.siteIds[0]]: 1 } };
    await place([...workload(small, 30, 5, 'small'), newBid(wide, wide.bidderIds[0], 'tiny', tiny)]);
    expect(await decider(pool).turn([small.marketId])).toMatchObject([{ outcome: { kind: 'more', decided: 16 } }]);
    expect(tasks).toEqual([]);
    const one = decider(pool);
    expect(await one.slowTurn(wide.marketId)).toMatchObject({ outcome: { kind: 'drained', decided: 1 } });
    expect(tasks).toEqual(['build', 'decide']); // whoever decides first prices the slots
    await place([newBid(wide, wide.bidderIds[0], 'tiny again', tiny)]);
    expect(await one.slowTurn(wide.marketId)).toMatchObject({ outcome: { kind: 'drained', decided: 1 } });
    expect(tasks).toEqual(['build', 'decide']); // the market is large, its bid is not
  });
});
