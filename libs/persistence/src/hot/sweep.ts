import type { Pool } from 'pg';

/**
 * find-waiting-markets: markets that have undecided bids which somebody may decide now.
 * Input:  none. Output: markets.
 * Events: none.
 * Retry:  safe; it reads.
 */
const WAITING_MARKETS = `
  SELECT m.id FROM market m WHERE m.status <> 'paused' AND EXISTS (SELECT FROM undecided_bid u WHERE u.market_id = m.id) ORDER BY m.id`;

/** Markets with a backlog: what the worker's sweep wakes where a bell was lost. */
export async function findWaitingMarkets(pool: Pool): Promise<bigint[]> {
  const { rows } = await pool.query<{ id: bigint }>({ name: 'find-waiting-markets', text: WAITING_MARKETS });
  return rows.map((row) => row.id);
}
