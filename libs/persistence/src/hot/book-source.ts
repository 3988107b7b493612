import type { BookSource } from '#market';
import type { Pool } from 'pg';
import { HEAD_COLUMNS, headOf, loadMarket, type HeadRow } from './state.js';

/**
 * find-visible-market: a market's head as an organisation may see it: its own market or its operator's.
 * Input:  market, organisation. Output: at most one row.
 * Events: none.
 * Retry:  safe; it reads.
 */
const FIND_VISIBLE = `
  SELECT ${HEAD_COLUMNS} FROM market m JOIN organisation o ON o.id = $2 AND m.organisation_id IN (o.id, o.parent_id) WHERE m.id = $1`;

/** What prices are read from, over a pool. */
export function createBookSource(pool: Pool): BookSource {
  return {
    findVisible: async (marketId, organisationId) => {
      const { rows } = await pool.query<HeadRow>({ name: 'find-visible-market', text: FIND_VISIBLE, values: [marketId, organisationId] });
      return rows.length === 0 ? undefined : headOf(rows[0]);
    },
    load: (marketId) => loadMarket(pool, marketId),
  };
}
