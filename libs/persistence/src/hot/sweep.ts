import type { LeaseClaim } from '#market';
import type { Pool } from 'pg';

/**
 * find-waiting-markets: markets that have undecided bids, without those that are paused or that another worker has taken. Steps from market
 * to market along the backlog's index: markets without one cost nothing.
 * Input:  worker, milliseconds of its lease (see open-markets). Output: markets.
 * Events: none.
 * Retry:  safe; it reads.
 */
const WAITING_MARKETS = `
  WITH RECURSIVE waiting AS (
    (SELECT market_id FROM undecided_bid ORDER BY market_id LIMIT 1)
    UNION ALL
    SELECT (SELECT u.market_id FROM undecided_bid u WHERE u.market_id > w.market_id ORDER BY u.market_id LIMIT 1)
    FROM waiting w WHERE w.market_id IS NOT NULL
  )
  SELECT m.id FROM waiting w JOIN market m ON m.id = w.market_id
  WHERE m.status <> 'paused' AND NOT EXISTS (
    SELECT FROM market_lease l WHERE l.market_id = m.id AND l.owner <> $1 AND l.until > clock_timestamp()
      AND NOT (l.until > clock_timestamp() + $2::float8 * interval '1 ms' AND isfinite(l.until)))
  ORDER BY m.id`;

/** Markets with a backlog that `owner` may decide: what a worker's sweep wakes. */
export async function findWaitingMarkets(pool: Pool, { owner, leaseMs }: LeaseClaim): Promise<bigint[]> {
  const { rows } = await pool.query<{ id: bigint }>({ name: 'find-waiting-markets', text: WAITING_MARKETS, values: [owner, leaseMs] });
  return rows.map((row) => row.id);
}
