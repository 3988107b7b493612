import type { Pool } from 'pg';
import { at } from '#units';

/** Bids that wait for their decision. */
export interface BacklogOverview {
  readonly bids: number;
  /** How long the bid that came first has waited, seconds; 0 where none waits. */
  readonly oldestSeconds: number;
  /** The markets with most of them. */
  readonly markets: readonly { readonly marketId: bigint; readonly bids: number }[];
}

/**
 * read-backlog-overview: how many bids wait, for how long, and where.
 * Input:  how many markets to name. Output: one row; the markets with most bids first.
 * Events: none.
 * Retry:  safe; it reads.
 */
const BACKLOG_OVERVIEW = `
  WITH waiting AS (SELECT market_id, count(*)::int AS bids, min(bid_id) AS first_id FROM undecided_bid GROUP BY market_id)
  SELECT coalesce(sum(bids), 0)::int AS bids,
    coalesce((SELECT extract(epoch FROM clock_timestamp() - b.received_at)::float8 FROM bid b WHERE b.id = min(w.first_id)), 0) AS oldest,
    (SELECT coalesce(array_agg(market_id), '{}') FROM (SELECT market_id FROM waiting ORDER BY bids DESC, market_id LIMIT $1) t) AS market_ids,
    (SELECT coalesce(array_agg(bids), '{}') FROM (SELECT bids FROM waiting ORDER BY bids DESC, market_id LIMIT $1) t) AS market_bids
  FROM waiting w`;

interface OverviewRow {
  readonly bids: number;
  readonly oldest: number;
  readonly market_ids: readonly bigint[];
  readonly market_bids: readonly number[];
}

/** @param marketsMax how many markets are named. */
export async function readBacklogOverview(pool: Pool, marketsMax: number): Promise<BacklogOverview> {
  const { rows } = await pool.query<OverviewRow>({ name: 'read-backlog-overview', text: BACKLOG_OVERVIEW, values: [marketsMax] });
  const row = at(rows, 0);
  const markets = row.market_ids.map((marketId, index) => ({ marketId, bids: at(row.market_bids, index) }));
  return { bids: row.bids, oldestSeconds: row.oldest, markets };
}

/**
 * read-waits: how long bids have waited until now.
 * Input:  bids. Output: seconds, in no order.
 * Events: none.
 * Retry:  safe; it reads.
 */
const WAITS = `SELECT extract(epoch FROM clock_timestamp() - received_at)::float8 AS seconds FROM bid WHERE id = ANY($1::bigint[])`;

/** How long bids have waited from being stored until now, seconds. */
export async function readWaits(pool: Pool, bidIds: readonly bigint[]): Promise<number[]> {
  const { rows } = await pool.query<{ seconds: number }>({ name: 'read-waits', text: WAITS, values: [bidIds] });
  return rows.map(({ seconds }) => seconds);
}
