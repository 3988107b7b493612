import { standardKinds } from '#kinds';
import { EVENT_KINDS } from '#log';
import { type Verification, verifyMarket } from '#market';
import { REFUSAL_CODES } from '#mechanism';
import { createAuditSource } from '#persistence';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { liveHistory } from './history.js';
import { loadLog, storeLog } from './stored-log.js';

/** The version whose log is written anew where that is asked for; earlier ones lie as they are. */
const WRITTEN = '0.2.0';
/** Types of entries that came after it. */
const SINCE: ReadonlySet<string> = new Set([
  ...['window_opened', 'window_closed', 'window_settled', 'allocation_repaired', 'allocation_failed', 'allocation_left'],
  'prices_changed',
  'allocation_cancelled',
]);
/** Refusals that came after it. */
const LATER_CODES: ReadonlySet<string> = new Set(['quote_outdated', 'budget_exhausted', 'allocation_over', 'cancellation_outdated']);
const isWriting = process.env.ERIS_STORED_LOG === 'write';

// Real: Postgres, the use cases, the mechanism. Nothing is faked.
describe('a stored log', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
    if (!isWriting) return;
    const made = await createTestDatabase();
    await liveHistory(made);
    await storeLog(made.pool, WRITTEN);
    await made.drop();
  }, 120_000);
  afterAll(() => database.drop());

  const namesOf = async (sql: string): Promise<string[]> =>
    (await database.pool.query<{ name: string }>(`SELECT DISTINCT ${sql}`)).rows.map(({ name }) => name).sort();

  it.each(['0.2.0'])(
    'of version %s is verified: its decisions, its money and its receipts',
    async (version) => {
      await loadLog(database.pool, version);
      const { rows } = await database.pool.query<{ id: bigint }>(
        'SELECT id FROM market WHERE EXISTS (SELECT FROM receipt WHERE market_id = id)',
      );
      const verifications: Verification[] = [];
      for (const { id } of rows) {
        const outcome = await verifyMarket(createAuditSource(database.pool), id, { kinds: standardKinds() });
        if (outcome.kind === 'verified') verifications.push(outcome.verification);
      }
      expect(verifications.map(({ marketId, findings }) => [marketId, findings])).toEqual(rows.map(({ id }) => [id, []]));
      for (const { records, receipts } of verifications) expect(receipts).toBe(records);
      expect(verifications.reduce((sum, { accepted }) => sum + accepted, 0)).toBeGreaterThan(30);
    },
    120_000,
  );

  it('of that version has everything in it that a log could hold then', async () => {
    await loadLog(database.pool, WRITTEN);
    expect(await namesOf('kind AS name FROM event')).toEqual(EVENT_KINDS.filter((kind) => !SINCE.has(kind)).sort());
    expect(await namesOf(`reason ->> 'code' AS name FROM decision WHERE outcome = 'refused'`)).toEqual(
      REFUSAL_CODES.filter((code) => !LATER_CODES.has(code)).sort(),
    );
    expect(await namesOf(`terms -> 'prices' ->> 'kind' AS name FROM market`)).toEqual(['flat', 'paper']);
    expect(await namesOf('clock::text AS name FROM market')).toEqual(['manual', 'realtime']);
  }, 120_000);
});
