import type { Pool } from 'pg';
import { seedMarket, type SeededMarket } from '../support/market.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';

const TRANSFER = `
  INSERT INTO transfer (kind, debit_account_id, credit_account_id, amount_micros, market_id, bid_id, slot)
  SELECT $1::transfer_kind, d.id, c.id, 1, $6, $7, $8 FROM account d, account c
  WHERE (d.kind, d.organisation_id) = ($2::account_kind, $3::bigint) AND (c.kind, c.organisation_id) = ($4::account_kind, $5::bigint)`;

// Real: Postgres and two connections that book for one bidder, on different accounts of it.
describe('positions of entries', () => {
  let database: TestDatabase;
  let market: SeededMarket;

  beforeEach(async () => {
    database = await createTestDatabase();
    market = await seedMarket(database.pool, { bidderCount: 1, fundsMicros: 100n });
  });
  afterEach(() => database.drop());

  const positions = async (): Promise<bigint[]> => {
    const text = 'SELECT position FROM entry e JOIN account a ON a.id = e.account_id WHERE a.organisation_id = $1 ORDER BY position';
    return (await database.pool.query<{ position: bigint }>(text, [market.bidderIds[0]])).rows.map((row) => row.position);
  };

  it('become visible in their order, whichever transaction began first', async () => {
    const { operatorId, marketId, bidderIds } = market;
    const hold = ['hold', 'wallet', bidderIds[0], 'escrow', bidderIds[0], marketId, 7, null];
    const capture = ['capture', 'escrow', bidderIds[0], 'revenue', operatorId, marketId, 7, 0];
    const deposit = ['deposit', 'funding', operatorId, 'wallet', bidderIds[0], null, null, null];
    await database.pool.query(TRANSFER, hold);
    const seenBefore = await positions();
    const slow = await database.pool.connect();
    try {
      await slow.query('BEGIN');
      await slow.query(TRANSFER, capture); // takes its positions, and keeps them to itself
      const quick = database.pool.query(TRANSFER, deposit);
      await waitsForLock(database.pool);
      expect(await positions()).toEqual(seenBefore); // a reader at the end of the list misses nothing
      await slow.query('COMMIT');
      await quick;
    } finally {
      slow.release();
    }
    const after = await positions();
    expect(after).toHaveLength(seenBefore.length + 2);
    expect(after.slice(0, seenBefore.length)).toEqual(seenBefore);
  });
});

async function waitsForLock(pool: Pool): Promise<void> {
  const text = `SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock') AS waits`;
  for (let looksLeft = 500; !(await pool.query<{ waits: boolean }>(text)).rows[0].waits; looksLeft--) {
    if (looksLeft === 0) throw new Error('the second transfer did not wait for the first one');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
