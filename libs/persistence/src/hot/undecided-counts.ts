import type { UndecidedCounts } from '#market';
import type { Pool } from 'pg';

/**
 * count-undecided: how many bids of a bidder are undecided in a market, counted no further than need be.
 * Input:  market, organisation, the most that is of interest. Output: one row.
 * Events: none.
 * Retry:  safe; it reads.
 */
const COUNT_UNDECIDED = `
  SELECT count(*)::int AS count FROM (SELECT FROM undecided_bid WHERE market_id = $1 AND organisation_id = $2 ORDER BY bid_id LIMIT $3) AS u`;

/** Counts undecided bids along the backlog's index: `count-undecided`. */
export function createUndecidedCounts(pool: Pool): UndecidedCounts {
  return {
    count: async ({ marketId, organisationId }, max) => {
      const query = { name: 'count-undecided', text: COUNT_UNDECIDED, values: [marketId, organisationId, max] };
      return (await pool.query<{ count: number }>(query)).rows[0].count;
    },
  };
}
