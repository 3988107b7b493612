import { type LeaseClaim, OTHERS_AFTER_MS } from '#market';
import type { Pool } from 'pg';
import { leaseIsOver } from './lease.js';

/**
 * find-waiting-markets: markets that have undecided bids, without those that are paused, that another worker has taken, or that it will look after by
 * itself in a moment (a bid from the future is from before the clock was set back: nobody waits for that). Steps from market to market along the
 * backlog's index: markets without one cost nothing.
 * Input:  worker, milliseconds of its lease (see open-markets), milliseconds that others are given. Output: markets.
 * Events: none.
 * Retry:  safe; it reads.
 */
const WAITING_MARKETS = `
  WITH RECURSIVE waiting AS (
    (SELECT market_id, bid_id FROM undecided_bid ORDER BY market_id, bid_id LIMIT 1)
    UNION ALL
    SELECT u.market_id, u.bid_id FROM waiting w CROSS JOIN LATERAL (
      SELECT market_id, bid_id FROM undecided_bid WHERE market_id > w.market_id ORDER BY market_id, bid_id LIMIT 1
    ) AS u
  )
  SELECT m.id FROM waiting w JOIN market m ON m.id = w.market_id LEFT JOIN market_lease l ON l.market_id = m.id
  WHERE m.status <> 'paused' AND (
    l.owner IS NULL OR l.owner = $1
    OR ${leaseIsOver('l.until', '$2')}
      AND (SELECT received_at NOT BETWEEN clock_timestamp() - $3::float8 * interval '1 ms' AND clock_timestamp() FROM bid WHERE id = w.bid_id))
  ORDER BY m.id`;

/** Markets with a backlog that `owner` may decide: what a worker's sweep wakes. @param othersAfterMs how long others' markets are left to them. */
export async function findWaitingMarkets(pool: Pool, { owner, leaseMs }: LeaseClaim, othersAfterMs = OTHERS_AFTER_MS): Promise<bigint[]> {
  const query = { name: 'find-waiting-markets', text: WAITING_MARKETS, values: [owner, leaseMs, othersAfterMs] };
  return (await pool.query<{ id: bigint }>(query)).rows.map((row) => row.id);
}
