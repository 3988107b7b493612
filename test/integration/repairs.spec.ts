import { createPrng } from '#lab';
import { standardKinds } from '#kinds';
import {
  CloseWindow,
  History,
  KeepSnapshots,
  type MarketState,
  OpenWindow,
  openSlots,
  RepairMarkets,
  type RepairStore,
  stateOf,
  verifyMarket,
  WatchSites,
  BEATS_MISSED_NOTE,
} from '#market';
import { pricesOf, usageOf } from '#mechanism';
import {
  createAuditSource,
  createBase,
  createBeatStore,
  createBookSource,
  createHistoryStore,
  createRepairStore,
  createTenancyWork,
  createWindowsWork,
  type Base,
} from '#persistence';
import { AuditedMarket } from '../support/audited-market.js';
import { brokenLaws } from '../support/market-laws.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';

// Real: Postgres, the use cases, the mechanism. Workers are killed by having a step of theirs fail.
describe('those whom a window hits', () => {
  let database: TestDatabase;
  let base: Base;
  let market: AuditedMarket;
  const clock = { nowMs: () => performance.now() };
  beforeEach(async () => {
    database = await createTestDatabase();
    base = createBase(database.url);
    market = await AuditedMarket.open(database);
  }, 60_000);
  afterEach(async () => {
    await market.close();
    await base.close();
    await database.drop();
  });

  const caller = () => ({ organisationId: market.seeded.operatorId, role: 'operator' as const });
  const impact = () => ({ store: createRepairStore(database.pool), kinds: standardKinds(), pause: () => Promise.resolve() });
  const open = async (site: number, fields: object = {}): Promise<bigint> => {
    const siteId = BigInt(market.seeded.siteIds[site] ?? 0);
    const request = { caller: caller(), marketId: market.marketId, kind: 'outage' as const, scope: 'site' as const, siteId, ...fields };
    const opened = await new OpenWindow(createWindowsWork(base), impact()).run(request);
    if (opened.kind !== 'opened') throw new Error(JSON.stringify(opened));
    return opened.window.windowId;
  };
  const repairs = (store: RepairStore) =>
    new RepairMarkets(
      store,
      standardKinds(),
      clock,
      () => undefined,
      () => undefined,
    );
  const count = async (from: string): Promise<number> =>
    (await database.pool.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${from}`)).rows[0]?.count ?? 0;
  const verified = async (): Promise<void> => {
    const outcome = await verifyMarket(createAuditSource(database.pool), market.marketId, { kinds: standardKinds() });
    expect(outcome.kind === 'verified' ? outcome.verification.findings : outcome).toEqual([]);
    expect(await brokenLaws(database.pool)).toEqual([]);
  };

  /** Past moments are shown as they were then, made from the log's first entry on and from states that are kept. */
  const seenAgain = async (moments: readonly MarketState[]): Promise<void> => {
    const store = createHistoryStore(database.pool);
    const cellsOf = (state: MarketState) => {
      const book = openSlots(state, state.head.slot, state.horizonSlots);
      return Array.from({ length: state.horizonSlots }, (_, at) => [
        usageOf(book, state.head.slot + at),
        pricesOf(book, state.head.slot + at),
      ]);
    };
    expect(moments.length).toBe(3);
    for (const isKept of [false, true]) {
      if (isKept) await new KeepSnapshots(store, standardKinds(), clock).run(60_000);
      for (const moment of moments) {
        const past = await new History(store, standardKinds()).at(market.marketId, moment.head.sequence);
        expect(past && cellsOf(past.state)).toEqual(cellsOf(moment));
      }
    }
  };

  it('are dealt with once, whatever is killed and however many do it', async () => {
    await market.decide(market.bids(40));
    await market.moveTo(1);
    await open(0);
    const random = createPrng(7);
    const whole = createRepairStore(database.pool);
    const fails = async <T>(step: () => Promise<T>): Promise<T> => {
      if (random.below(3) === 0) throw new Error('killed before a step');
      const done = await step();
      if (random.below(3) === 0) throw new Error('killed after a step');
      return done;
    };
    const store: RepairStore = {
      due: () => whole.due(),
      load: (marketId) => fails(() => whole.load(marketId)),
      loadAny: (marketId) => whole.loadAny(marketId),
      then: (...of) => fails(() => whole.then(...of)),
      record: (commit) => fails(() => whole.record({ ...commit })),
    };
    for (let round = 0; (await whole.due()).length > 0; round++) {
      if (round > 200) throw new Error('comes to no end');
      await Promise.allSettled([repairs(store).run(), repairs(store).run()]);
    }
    const hits = (await count('allocation_revision')) + (await count('allocation_end'));
    expect(hits).toBeGreaterThan(3);
    expect(await count(`event WHERE kind LIKE 'allocation_%'`)).toBe(hits);
    expect(await count(`event WHERE kind = 'window_settled'`)).toBe(1);
    await market.moveTo(4);
    await verified();
  }, 120_000);

  it('are hit by one window after the other, and run, end and are sold beside it', async () => {
    const moments: MarketState[] = [];
    const deal = async () => {
      await repairs(createRepairStore(database.pool)).run();
      const rows = await createBookSource(database.pool).load(market.marketId);
      if (rows) moments.push(stateOf(rows));
    };
    await market.decide(market.bids(20));
    const first = await open(0, { amounts: { cpu: 8 }, to: 12 });
    await deal();
    await market.moveTo(2);
    await market.decide(market.bids(30).slice(20));
    await open(1, { kind: 'maintenance', from: 4, to: 7 });
    await deal();
    await market.moveTo(5);
    expect(
      (await new CloseWindow(createWindowsWork(base)).run({ caller: caller(), marketId: market.marketId, windowId: first })).kind,
    ).toBe('closed');
    await market.decide(market.bids(40).slice(30));
    await open(2);
    await deal();
    await market.decide(market.bids(50).slice(40));
    await market.moveTo(9);
    await market.moveTo(60);
    await verified();
    await seenAgain(moments);
    const { rows } = await database.pool.query(`SELECT FROM account WHERE kind IN ('escrow', 'retained') AND balance_micros <> 0`);
    expect(rows).toEqual([]);
  }, 120_000);

  it('are hit where heartbeats of a site are missed, and the site is sold again once they are heard', async () => {
    const siteId = BigInt(market.seeded.siteIds[0] ?? 0);
    const role = {
      organisationId: market.seeded.operatorId,
      role: 'agent',
      siteId,
      label: 'a',
      prefix: 'eris_a_',
      hash: new Uint8Array(32),
    } as const;
    const key = await createTenancyWork(base).transaction((tx) => tx.insertKey(role));
    const beats = createBeatStore(database.pool);
    let nowMs = 1_000_000;
    const windows = createWindowsWork(base);
    const watch = new WatchSites(beats, new OpenWindow(windows, impact()), new CloseWindow(windows), { nowMs: () => nowMs });
    const ago = (seconds: number) => database.pool.query(`UPDATE site_beat SET at = now() - $1 * interval '1 s'`, [seconds]);
    const after = (seconds: number) => {
      nowMs += seconds * 1000;
      return watch.run();
    };
    const heard = async () => (await beats.beat(siteId)).streak;
    expect([await heard(), await heard()]).toEqual([1, 1]); // too soon
    await ago(100);
    expect([await after(0), await after(20), await after(80)]).toEqual([0, 0, 0].map(() => ({ opened: 0, closed: 0 }))); // nobody could hear
    for (const seconds of [25, 25, 25]) await after(seconds);
    expect(await after(25)).toEqual({ opened: 1, closed: 0 });
    expect([await after(5), await count('market_window WHERE site_id IS NOT NULL AND closed_slot IS NULL')]).toEqual([
      { opened: 0, closed: 0 },
      1,
    ]);
    await repairs(createRepairStore(database.pool)).run();
    expect(await heard()).toBe(1); // the first one after the silence
    for (const streak of [2, 3]) {
      await ago(30);
      expect([await after(5), await heard()]).toEqual([{ opened: 0, closed: 0 }, streak]);
    }
    expect(await after(5)).toEqual({ opened: 0, closed: 1 });
    const caller = { organisationId: market.seeded.operatorId, role: 'operator' as const };
    const byHand = {
      caller,
      marketId: market.seeded.marketId,
      kind: 'outage' as const,
      scope: 'site' as const,
      siteId,
      note: BEATS_MISSED_NOTE,
    };
    expect((await new OpenWindow(windows, impact()).run(byHand)).kind).toBe('opened');
    await repairs(createRepairStore(database.pool)).run();
    expect(await after(5)).toEqual({ opened: 0, closed: 0 }); // it is its operator's, whatever its note says
    await ago(100);
    await database.pool.query('UPDATE api_key SET revoked_at = now() WHERE id = $1', [key.keyId]);
    expect(await after(5)).toEqual({ opened: 0, closed: 0 });
    await verified();
  }, 60_000);
});
