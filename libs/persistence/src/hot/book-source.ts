import { type BookSource, type SeenMarket, stateOf } from '#market';
import type { Pool } from 'pg';
import { at } from '#units';
import { newsSince } from './news.js';
import { CELLS, HEAD_COLUMNS, headOf, loadMarket, loadSlots, type HeadRow } from './state.js';
import { IS_MEMBER } from '../tenancy/membership.js';

/**
 * find-visible-market: a market's head and size as an organisation may see it: its own market or its operator's.
 * Input:  market, organisation. Output: at most one row.
 * Events: none.
 * Retry:  safe; it reads.
 */
const FIND_VISIBLE = `
  SELECT ${HEAD_COLUMNS}, m.organisation_id, m.horizon_slots, ${CELLS} AS cells
  FROM market m JOIN organisation o ON o.id = $2 AND ${IS_MEMBER} WHERE m.id = $1`;

interface SeenRow extends HeadRow {
  readonly organisation_id: bigint;
  readonly horizon_slots: number;
  readonly cells: bigint;
}

const seenOf = (row: SeenRow): SeenMarket => ({
  head: headOf(row),
  operatorId: row.organisation_id,
  horizonSlots: row.horizon_slots,
  cells: Number(row.cells),
});

/** What prices are read from, over a pool. */
export function createBookSource(pool: Pool): BookSource {
  return {
    findVisible: async (marketId, organisationId) => {
      const { rows } = await pool.query<SeenRow>({ name: 'find-visible-market', text: FIND_VISIBLE, values: [marketId, organisationId] });
      return rows.length === 0 ? undefined : seenOf(at(rows, 0));
    },
    load: async (marketId) => {
      const rows = await loadMarket(pool, marketId);
      return rows === 'large' ? undefined : rows;
    },
    loadSlots: async (marketId, first, last) => {
      const rows = await loadSlots(pool, marketId, first, last);
      return rows && stateOf(rows);
    },
    newsSince: (marketId, sequence) => newsSince(pool, marketId, sequence),
  };
}
