import { AppendReceipts, LearnPrices, createThinker, type Verification, verifyMarket } from '#market';
import { standardKinds } from '#kinds';
import { NEW_LEARNING_RULE, type PriceRule } from '#mechanism';
import { createAuditSource, createLearningStore, createReceiptStore } from '#persistence';
import { micros } from '#units';
import { AuditedMarket } from '../support/audited-market.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';

const clock = { nowMs: () => performance.now() };
const flatAt = (level: bigint): PriceRule => ({ kind: 'flat', level: micros(level), levels: {} });

interface Entry {
  readonly kind: string;
  readonly version: number;
  readonly payload: Record<string, unknown>;
}

// Real: Postgres, the use cases, the mechanism. Nothing is faked.
describe('prices at the boundaries of slots', () => {
  let database: TestDatabase;
  const opened: AuditedMarket[] = [];

  const open = async (name: string, prices: PriceRule, horizonSlots = 20): Promise<AuditedMarket> => {
    const market = await AuditedMarket.open(database, { name, prices, horizonSlots, fundsMicros: 10n ** 12n });
    opened.push(market);
    return market;
  };
  const learner = (): LearnPrices => new LearnPrices(createLearningStore(database.pool), createThinker(standardKinds(), clock), clock);
  const verify = async ({ marketId }: AuditedMarket): Promise<Verification> => {
    await new AppendReceipts(createReceiptStore(database.pool), clock).run(10_000);
    const outcome = await verifyMarket(createAuditSource(database.pool), marketId, { kinds: standardKinds() });
    if (outcome.kind !== 'verified') throw new Error(outcome.kind);
    return outcome.verification;
  };
  const logOf = async ({ marketId }: AuditedMarket): Promise<Entry[]> =>
    (await database.pool.query<Entry>('SELECT kind, version, payload FROM event WHERE market_id = $1 ORDER BY sequence', [marketId])).rows;
  /** What a unit of CPU cost each bid that was accepted, in the order of their ids. */
  const cpuPrices = async ({ marketId }: AuditedMarket): Promise<string[]> =>
    (
      await database.pool.query<{ price: string }>(
        `SELECT DISTINCT ON (a.bid_id) line ->> 'unitPrice' AS price FROM allocation a, jsonb_array_elements(a.lines) AS line
         WHERE a.market_id = $1 AND line ->> 'resource' = 'cpu' ORDER BY a.bid_id`,
        [marketId],
      )
    ).rows.map(({ price }) => price);
  /** The kinds of decisions and changes of prices, by slot. */
  const bySlot = async (market: AuditedMarket): Promise<string[][]> => {
    const slots: string[][] = [[]];
    for (const { kind } of await logOf(market)) {
      if (kind === 'clock_advanced') slots.push([]);
      else if (['prices_changed', 'terms_changed', 'bid_accepted', 'bid_refused'].includes(kind)) slots.at(-1)?.push(kind);
    }
    return slots;
  };
  const rewrite = async ({ marketId }: AuditedMarket, where: string, payload: object): Promise<void> => {
    await database.pool.query('ALTER TABLE event DISABLE TRIGGER USER');
    await database.pool.query(`UPDATE event SET payload = (payload::jsonb || $2::jsonb)::json WHERE market_id = $1 AND ${where}`, [
      marketId,
      JSON.stringify(payload),
    ]);
    await database.pool.query('ALTER TABLE event ENABLE TRIGGER USER');
  };

  beforeAll(async () => {
    database = await createTestDatabase();
  }, 60_000);
  afterAll(async () => {
    for (const market of opened) await market.close();
    await database.drop();
  });

  it('are other ones at once where nothing was decided in the slot, else as the clock moves; all of a slot is decided by one rule', async () => {
    const market = await open('switched', flatAt(1_000_000n));
    const bids = market.bids(40);
    expect(await market.reprice(() => flatAt(1_800_000n))).toEqual({ prices: flatAt(1_800_000n), next: undefined });
    await market.decide(bids.slice(0, 8));
    expect(await market.reprice(() => flatAt(3_600_000n))).toEqual({ prices: flatAt(1_800_000n), next: flatAt(3_600_000n) });
    await market.decide(bids.slice(8, 16));
    const before = await cpuPrices(market);
    expect(before.length).toBeGreaterThan(2);
    expect(new Set(before).size).toBe(1); // those after the change too
    await market.moveTo(1);
    await market.decide(bids.slice(16, 32));
    const after = await cpuPrices(market);
    expect(after.slice(0, before.length)).toEqual(before); // what was decided stays
    expect(new Set(after.slice(before.length))).toEqual(new Set([`${2n * BigInt(before[0] ?? 0)}`]));
    const log = await logOf(market);
    const moved = log.findIndex(({ kind }) => kind === 'clock_advanced');
    expect(log[moved + 1]).toMatchObject({ kind: 'terms_changed', version: 2, payload: { terms: { prices: { level: '3600000' } } } });
    expect((await verify(market)).findings).toEqual([]);
  }, 120_000);

  it('that were to come are taken back, or replaced, until the clock moves', async () => {
    const market = await open('taken back', flatAt(1_000_000n));
    await market.decide(market.bids(3));
    expect((await market.reprice(() => flatAt(5n))).next).toEqual(flatAt(5n));
    expect((await market.reprice(() => flatAt(6n))).next).toEqual(flatAt(6n));
    expect((await market.reprice((prices) => prices)).next).toBeUndefined();
    await market.moveTo(1);
    expect((await logOf(market)).at(-1)?.kind).toBe('clock_advanced');
    expect((await market.reprice(() => flatAt(7n))).prices).toEqual(flatAt(7n));
    expect((await verify(market)).findings).toEqual([]);
  }, 120_000);

  it('go on from the level that was learnt meanwhile, within the limits that come next', async () => {
    const market = await open('goes on', NEW_LEARNING_RULE);
    const bids = market.bids(20);
    await market.decide(bids.slice(0, 5));
    const ceiling = micros(40n);
    await market.reprice((prices) => (prices.kind === 'learning' ? { ...prices, ceiling } : prices));
    await learner().run(10_000);
    expect((await logOf(market)).at(-1)).toMatchObject({ kind: 'prices_changed' }); // it is cold: its level moves within the slot
    await market.moveTo(1);
    const switched = (await logOf(market)).at(-1);
    expect(switched).toMatchObject({
      kind: 'terms_changed',
      payload: { terms: { prices: { level: '40', ceiling: '40', opening: false } } },
    });
    expect((await verify(market)).findings).toEqual([]);
  }, 120_000);

  it('are learnt once a slot by a warm market, and posted before its first decision', async () => {
    const market = await open('warm', NEW_LEARNING_RULE, 4);
    const bids = market.bids(72);
    const one = learner();
    for (let slot = 0; slot < 12; slot++) {
      if (slot > 0) await market.moveTo(slot);
      for (let part = 0; part < 3; part++) {
        await market.decide(bids.slice(6 * slot + 2 * part, 6 * slot + 2 * part + 2));
        await one.run(10_000);
      }
    }
    const warm = (await bySlot(market)).slice(4);
    expect(warm.filter((kinds) => kinds.includes('prices_changed')).length).toBeGreaterThan(3);
    for (const kinds of warm) expect(kinds.slice(1)).not.toContain('prices_changed');
    const { rows } = await database.pool.query<{ left: number; through: string; sequence: string }>(
      `SELECT (payload ->> 'left')::int AS "left" FROM event WHERE market_id = $1 AND kind = 'prices_changed'`,
      [market.marketId],
    );
    expect(rows.every(({ left }) => left === 0)).toBe(true); // all bids of the slots before are counted
    expect((await verify(market)).findings).toEqual([]);
  }, 120_000);

  it('are what was measured by then where measuring is behind, and what is left is told', async () => {
    const market = await open('behind', NEW_LEARNING_RULE, 3);
    const bids = market.bids(60);
    for (let slot = 0; slot < 10; slot++) {
      if (slot > 0) await market.moveTo(slot);
      await market.decide(bids.slice(6 * slot, 6 * slot + 3));
      await learner().run(10_000);
      await market.decide(bids.slice(6 * slot + 3, 6 * slot + 6)); // not measured as the clock moves
    }
    const warm = (await bySlot(market)).slice(3);
    for (const kinds of warm) expect(kinds.slice(1)).not.toContain('prices_changed');
    const told = (await logOf(market)).filter(({ kind }) => kind === 'prices_changed');
    expect(told.slice(-2).map(({ payload }) => payload.left)).toEqual([3, 3]);
    expect((await verify(market)).findings).toEqual([]);
  }, 120_000);

  it('are posted before the first decision where the clock skips slots, and not after it', async () => {
    const market = await open('skips', NEW_LEARNING_RULE, 3);
    const bids = market.bids(40);
    await market.decide(bids.slice(0, 10));
    await learner().run(10_000);
    await market.moveTo(5);
    await learner().run(10_000); // nothing is decided yet
    expect((await logOf(market)).at(-1)).toMatchObject({ kind: 'prices_changed', payload: { levelMicros: '0' } });
    await market.decide(bids.slice(10, 20));
    await learner().run(10_000);
    await market.moveTo(7);
    await market.decide(bids.slice(20, 24));
    await learner().run(10_000);
    const slots = await bySlot(market);
    expect(slots[2]).not.toContain('prices_changed');
    expect((await verify(market)).findings).toEqual([]);
  }, 120_000);

  it('are not to be other ones within a slot, or after another move than the operator named: a log that says so is found', async () => {
    const market = await open('forged', flatAt(1_000_000n));
    await market.decide(market.bids(3));
    await market.reprice(() => flatAt(3n));
    await market.moveTo(1);
    const terms = { policy: 'eris', oracle: 'default/4', prices: { kind: 'flat', level: '4', levels: {} } };
    await rewrite(market, `kind = 'terms_changed' AND payload -> 'terms' -> 'next' IS NULL`, { terms });
    expect((await verify(market)).findings).toMatchObject([
      { detail: expect.stringMatching(/^payload\.terms is .*"4".*, must be .*"3"/) as string },
    ]);
    await rewrite(market, `kind = 'terms_changed' AND payload -> 'terms' -> 'next' IS NOT NULL`, { terms });
    const details = (await verify(market)).findings.map(({ detail }) => detail);
    expect(details).toContain('prices are other ones, though a bid was decided in the slot');
  }, 120_000);
});
