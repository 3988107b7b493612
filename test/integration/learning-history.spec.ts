import { liveLearning } from '../support/learning-history.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';

// The short form of `npm run bench:prices -- --part replay`. Real: Postgres, the use cases, the mechanism.
describe('a market that has learnt its prices from many bids', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  }, 60_000);
  afterAll(() => database.drop());

  it('is what its log says, decision by decision and level by level, be more bids than are measured in a slot, or some measured late', async () => {
    const { bids, levels, distinctLevels, left, verification } = await liveLearning(database, { bidCount: 1_800, bidsPerSlot: 180 });
    expect(verification.findings).toEqual([]);
    expect(verification.decisions).toBe(bids);
    expect(bids).toBe(1_800);
    expect(distinctLevels).toBeGreaterThan(5);
    expect(levels).toBeGreaterThanOrEqual(distinctLevels);
    expect(left).toBeGreaterThan(0);
    const { rows } = await database.pool.query<{ measured: number }>('SELECT count(*)::int AS measured FROM bid_density');
    expect(rows[0]?.measured).toBeLessThan(bids); // of a slot with many bids some stand for others
  }, 240_000);
});
