import { AppendReceipts, createThinker, LearnPrices, type LevelChange, type Verification, verifyMarket } from '#market';
import { standardKinds } from '#kinds';
import { type LearningRule, NEW_LEARNING_RULE } from '#mechanism';
import { createAuditSource, createLearningStore, createReceiptStore } from '#persistence';
import { micros } from '#units';
import { AuditedMarket } from '../support/audited-market.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';

const clock = { nowMs: () => performance.now() };

// Real: Postgres, the use cases, the mechanism, as many learners as there are workers. Nothing is faked.
describe('learnt prices', () => {
  let database: TestDatabase;
  const opened: AuditedMarket[] = [];

  const open = async (name: string, rule: Partial<LearningRule> = {}, more: object = {}): Promise<AuditedMarket> => {
    const market = await AuditedMarket.open(database, {
      name,
      prices: { ...NEW_LEARNING_RULE, ...rule },
      fundsMicros: 10n ** 12n,
      ...more,
    });
    opened.push(market);
    return market;
  };
  const learner = (): LearnPrices => new LearnPrices(createLearningStore(database.pool), createThinker(standardKinds(), clock), clock);
  const verify = async ({ marketId }: AuditedMarket): Promise<Verification> => {
    const outcome = await verifyMarket(createAuditSource(database.pool), marketId, { kinds: standardKinds() });
    if (outcome.kind !== 'verified') throw new Error(outcome.kind);
    return outcome.verification;
  };
  const changes = async ({ marketId }: AuditedMarket): Promise<Record<string, string | number>[]> => {
    const { rows } = await database.pool.query<{ payload: Record<string, string | number> }>(
      `SELECT payload FROM event WHERE market_id = $1 AND kind = 'prices_changed' ORDER BY sequence`,
      [marketId],
    );
    return rows.map(({ payload }) => payload);
  };
  const levelOf = async ({ marketId }: AuditedMarket): Promise<string> => {
    const { rows } = await database.pool.query<{ level: string }>(
      `SELECT terms -> 'prices' ->> 'level' AS level FROM market WHERE id = $1`,
      [marketId],
    );
    return rows[0].level;
  };

  beforeAll(async () => {
    database = await createTestDatabase();
  }, 60_000);
  afterAll(async () => {
    for (const market of opened) await market.close();
    await database.drop();
  });

  it('follow the bids of the log, the same after a restart and in another worker, and are verified', async () => {
    const market = await open('learning', {}, { horizonSlots: 6 });
    const bids = market.bids(60);
    const [one, other] = [learner(), learner()];
    for (let slot = 0; slot < 10; slot++) {
      if (slot > 0) await market.moveTo(slot);
      await market.decide(bids.slice(6 * slot, 6 * slot + 3));
      await [one, other, learner()][slot % 3].run(10_000);
      await market.decide(bids.slice(6 * slot + 3, 6 * slot + 6));
      if (slot === 4) await market.addSite();
      if (slot % 2 === 0) await one.run(10_000);
    }
    await learner().run(10_000);
    const told = await changes(market);
    expect(told.length).toBeGreaterThan(5);
    expect(await levelOf(market)).toBe(told.at(-1)?.levelMicros);
    const isCold = ({ slots }: (typeof told)[number]): boolean => Number(slots) < 6;
    expect(told.filter(isCold).every(({ left }) => left === 0)).toBe(true);
    expect(told.filter((one) => !isCold(one)).some(({ left }) => Number(left) > 0)).toBe(true); // not measured as the clock moved
    await new AppendReceipts(createReceiptStore(database.pool), clock).run(10_000);
    const verification = await verify(market);
    expect(verification.findings).toEqual([]);
    expect(verification.receipts).toBe(verification.records);
    const { rows } = await database.pool.query<{ prices: number }>(
      `SELECT count(DISTINCT line ->> 'unitPrice')::int AS prices FROM allocation, jsonb_array_elements(lines) AS line
       WHERE market_id = $1 AND line ->> 'resource' = 'gpu'`,
      [market.marketId],
    );
    expect(rows[0].prices).toBeGreaterThan(1);
  }, 120_000);

  it('are verified where bids are decided all the while', async () => {
    const market = await open('busy', {}, { horizonSlots: 40 });
    let isDeciding = true;
    const learning = async (): Promise<void> => {
      const one = learner();
      while (isDeciding) await one.run(10_000);
    };
    const deciding = async (): Promise<void> => {
      for (const bid of market.bids(80)) await market.decide([bid]);
      isDeciding = false;
    };
    await Promise.all([learning(), deciding()]);
    expect((await verify(market)).findings).toEqual([]);
  }, 120_000);

  it('tell how many bids were decided since they were looked at', async () => {
    const market = await open('overtaken', {}, { horizonSlots: 40 });
    const bids = market.bids(30);
    const store = createLearningStore(database.pool);
    const change = async (level: LevelChange): Promise<boolean> => {
      await market.decide(bids.splice(0, 1)); // between what the level follows from and its entry
      return store.change(level);
    };
    await market.decide(bids.splice(0, 10));
    await new LearnPrices({ ...store, change }, createThinker(standardKinds(), clock), clock).run(10_000);
    expect((await changes(market))[0]).toMatchObject({ left: 1 });
    expect((await verify(market)).findings).toEqual([]);
  }, 120_000);

  it('stay within the floor and the ceiling, and where they are held', async () => {
    const capped = await open('capped', { floor: micros(5n), ceiling: micros(7n), level: micros(5n) });
    const held = await open('held', { learns: false, level: micros(9_000_000n) });
    for (const market of [capped, held]) await market.decide(market.bids(20));
    await learner().run(10_000);
    expect(await levelOf(capped)).toBe('7');
    expect((await changes(capped)).at(-1)).toMatchObject({ fromMicros: '5', levelMicros: '7' });
    expect(await levelOf(held)).toBe('9000000');
    expect(await changes(held)).toEqual([]);
    const { rows } = await database.pool.query('SELECT FROM bid_density WHERE market_id = $1', [held.marketId]);
    expect(rows.length).toBeGreaterThan(5); // bids are measured all the same
    for (const market of [capped, held]) expect((await verify(market)).findings).toEqual([]);
  }, 120_000);

  it('are not to be made up: a level that does not follow is found', async () => {
    const market = await open('made up');
    await market.decide(market.bids(20));
    await learner().run(10_000);
    await database.pool.query('ALTER TABLE event DISABLE TRIGGER USER');
    await database.pool.query(
      `UPDATE event SET payload = (payload::jsonb || '{"levelMicros": "12345"}')::json WHERE market_id = $1 AND kind = 'prices_changed'`,
      [market.marketId],
    );
    await database.pool.query('ALTER TABLE event ENABLE TRIGGER USER');
    const { findings } = await verify(market);
    expect(findings).toMatchObject([{ table: 'event' }]);
    expect(findings[0].detail).toMatch(/^payload\.levelMicros is 12345, must be \d+$/);
  }, 120_000);
});
