import { AcceptBids, WakeUpNotifier } from '#market';
import { createBidInbox, createLedgerCheck, readBacklogOverview, readMarketSums, readWaits } from '#persistence';
import { seedMarket, workload } from '../support/market.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';

// Real: Postgres and its laws. Nothing is faked.
describe('what is seen of the service', () => {
  let database: TestDatabase;
  beforeEach(async () => (database = await createTestDatabase()));
  afterEach(() => database.drop());

  it('is the backlog: how many bids, for how long, and where most of them are', async () => {
    expect(await readBacklogOverview(database.pool, 2)).toEqual({ bids: 0, oldestSeconds: 0, markets: [] });
    const markets = [];
    for (const operator of ['one', 'two', 'three']) markets.push(await seedMarket(database.pool, { operator }));
    const ringer = new WakeUpNotifier({ notify: () => Promise.resolve() }, () => undefined);
    const accept = new AcceptBids(createBidInbox(database.pool), ringer, { waitMs: 0, queueMax: 100 });
    for (const [index, count] of [3, 9, 5].entries()) await accept.acceptMany(workload(markets[index], count, 1, `m${index}`));
    const seen = await readBacklogOverview(database.pool, 2);
    expect(seen.bids).toBe(17);
    expect(seen.oldestSeconds).toBeGreaterThan(0);
    expect(seen.markets).toEqual([
      { marketId: markets[1].marketId, bids: 9 },
      { marketId: markets[2].marketId, bids: 5 },
    ]);
    const { rows } = await database.pool.query<{ id: bigint }>('SELECT id FROM bid');
    const waits = await readWaits(
      database.pool,
      rows.map(({ id }) => id),
    );
    expect(waits).toHaveLength(17);
    expect(Math.max(...waits)).toBeGreaterThanOrEqual(seen.oldestSeconds);
  });

  it('is a sound ledger, and one whose balance was changed behind its back', async () => {
    const { bidderIds } = await seedMarket(database.pool, { bidderCount: 12 });
    const ledger = createLedgerCheck(database.pool);
    const sound = { imbalanceMicros: 0n, brokenAccounts: [] };
    const checks = [await ledger.run(), await ledger.run(), await ledger.run()];
    expect(checks.map(({ imbalanceMicros, brokenAccounts }) => ({ imbalanceMicros, brokenAccounts }))).toEqual([sound, sound, sound]);
    const { rows } = await database.pool.query<{ n: number }>('SELECT count(*)::int AS n FROM account');
    expect(checks.reduce((sum, { accountsChecked }) => sum + accountsChecked, 0)).toBeGreaterThanOrEqual(rows[0].n);

    await database.pool.query('ALTER TABLE account DISABLE TRIGGER ALL');
    const changed = await database.pool.query<{ id: bigint }>(
      `UPDATE account SET balance_micros = balance_micros + 1 WHERE organisation_id = $1 AND kind = 'wallet' RETURNING id`,
      [bidderIds[0]],
    );
    const findings = [await ledger.run(), await ledger.run(), await ledger.run()];
    expect(findings.map(({ imbalanceMicros }) => imbalanceMicros)).toEqual([1n, 1n, 1n]);
    expect(findings.flatMap(({ brokenAccounts }) => brokenAccounts)).toContain(changed.rows[0].id);
  });

  it('is what must be zero in a market and in all books, and what of it is not', async () => {
    const market = await seedMarket(database.pool);
    const zero = { balances: 0n, entries: 0n, unequal: 0n, oversold: 0n, undecided: 0n, twice: 0n };
    expect(await readMarketSums(database.pool, market.marketId)).toMatchObject({ ...zero, count: 4n, accounts: 15n });
    const ringer = new WakeUpNotifier({ notify: () => Promise.resolve() }, () => undefined);
    await new AcceptBids(createBidInbox(database.pool), ringer, { waitMs: 0, queueMax: 100 }).acceptMany(workload(market, 3, 1));
    await database.pool.query('ALTER TABLE account DISABLE TRIGGER ALL');
    await database.pool.query(`UPDATE account SET balance_micros = balance_micros + 2 WHERE id = (SELECT min(id) FROM account)`);
    expect(await readMarketSums(database.pool, market.marketId)).toMatchObject({ ...zero, balances: 2n, unequal: 1n, undecided: 3n });
  });
});
