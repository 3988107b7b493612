import { eventIn, marketTerms } from '#log';
import type { LevelReader } from '#market';
import { at } from '#units';
import type { Pool } from 'pg';
import { seeMarket } from '../reading/bid-reader.js';

/**
 * list-levels: a market's terms, how far its bids are measured, and a page of the entries that changed its level, as of one moment.
 * Input:  market, sequence to go on after, limit. Output: a row for each entry; one without an entry where there is none.
 * Events: none.
 * Retry:  safe; it reads.
 */
const LEVELS = `
  SELECT m.terms, m.sequence AS head, coalesce(l.through, 0) AS through, e.sequence, e.kind, e.version, e.payload, e.at
  FROM market m LEFT JOIN price_learning l ON l.market_id = m.id LEFT JOIN LATERAL (
    SELECT * FROM event WHERE market_id = m.id AND kind = 'prices_changed' AND sequence > $2 ORDER BY sequence LIMIT $3
  ) e ON true WHERE m.id = $1 ORDER BY e.sequence`;

interface LevelRow {
  readonly terms: unknown;
  readonly head: bigint;
  readonly through: bigint;
  readonly sequence: bigint | null;
  readonly kind: string;
  readonly version: number;
  readonly payload: unknown;
  readonly at: Date;
}

/** Levels of markets, over a pool. */
export const createLevelReader = (pool: Pool): LevelReader => ({
  levels: async (viewer, marketId, { afterId, limit }) => {
    if (!(await seeMarket(pool, viewer, marketId))) return undefined;
    const { rows } = await pool.query<LevelRow>({ name: 'list-levels', text: LEVELS, values: [marketId, afterId, limit] });
    const { terms, head, through } = at(rows, 0);
    const { prices } = marketTerms.read(terms, 'terms');
    const entries = rows.flatMap((row) => (row.sequence === null ? [] : [{ sequence: row.sequence, event: eventIn(row), at: row.at }]));
    return { level: prices.kind === 'learning' ? prices.level : undefined, measuredThrough: through, head, entries };
  },
});
