import type { BidContextReader } from '#market';
import type { Pool } from 'pg';

/**
 * find-bid-context: a market's resources and sites, for a member of it.
 * Input:  organisation, market. Output: at most one row; sites by ordinal.
 * Events: none.
 * Retry:  safe; it reads.
 */
const FIND_CONTEXT = `
  SELECT m.resources, (SELECT coalesce(array_agg(s.id::text ORDER BY s.ordinal), '{}') FROM site s WHERE s.market_id = m.id) AS site_ids
  FROM market m JOIN organisation o ON o.id = $1 WHERE m.id = $2 AND m.organisation_id IN (o.id, o.parent_id)`;

/** What bids are checked against, over a pool. */
export function createBidContextReader(pool: Pool): BidContextReader {
  return {
    findContext: async (organisationId, marketId) => {
      const values = [organisationId, marketId];
      const { rows } = await pool.query<{ resources: string[]; site_ids: string[] }>({
        name: 'find-bid-context',
        text: FIND_CONTEXT,
        values,
      });
      return rows.length === 0
        ? undefined
        : { resources: rows[0].resources, sites: rows[0].site_ids.map((id, ordinal) => ({ id, ordinal })) };
    },
  };
}
