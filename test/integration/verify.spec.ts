import { SealLog, type Verification, verifyMarket } from '#market';
import { createOracle } from '#mechanism';
import { createAuditSource, createReceiptStore } from '#persistence';
import { AuditedMarket } from '../support/audited-market.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';

const clock = { nowMs: () => 0 };
const oracle = createOracle('default');

async function verify(database: TestDatabase, marketId: bigint): Promise<Verification> {
  const outcome = await verifyMarket(createAuditSource(database.pool), marketId, { oracle });
  if (outcome.kind !== 'verified') throw new Error(outcome.kind);
  return outcome.verification;
}

// Real: Postgres, the use cases, the mechanism.
describe('verifying a market', () => {
  let database: TestDatabase;
  let market: AuditedMarket;

  beforeAll(async () => {
    database = await createTestDatabase();
    market = await AuditedMarket.open(database);
    await market.live();
  });
  afterAll(async () => {
    await market.close();
    await database.drop();
  });

  it('finds a true history true, with and without receipts', async () => {
    const unsealed = await verify(database, market.marketId);
    expect(unsealed.findings).toEqual([]);
    expect(unsealed).toMatchObject({ decisions: 45, receipts: 0 });
    await new SealLog(createReceiptStore(database.pool), clock).run(1);
    const sealed = await verify(database, market.marketId);
    expect(sealed.findings).toEqual([]);
    expect(sealed.receipts).toBe(sealed.records);
    expect(sealed.accepted).toBeGreaterThan(5);
  });
});
