import { eventIn, marketTerms } from '#log';
import type { DensityReader, LevelReader, PostingReader } from '#market';
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

/**
 * find-posting: the last entry of a log up to one that posted a rule of prices or its level.
 * Input:  market, sequence. Output: at most one row.
 * Events: none.
 * Retry:  safe; it reads.
 */
const POSTING = `
  SELECT sequence, kind, version, payload, at FROM event WHERE market_id = $1 AND sequence <= $2 AND kind IN ('market_opened', 'terms_changed', 'prices_changed')
  ORDER BY sequence DESC LIMIT 1`;

/**
 * find-density: what a bid reports of demand, and how far the bids of its market are measured.
 * Input:  bid. Output: at most one row.
 * Events: none.
 * Retry:  safe; it reads.
 */
const DENSITY = `
  SELECT coalesce(l.through, 0) AS through, m.resources, d.level_micros, d.slots, d.shares, d.weight
  FROM bid b JOIN market m ON m.id = b.market_id LEFT JOIN price_learning l ON l.market_id = m.id LEFT JOIN bid_density d ON d.bid_id = b.id WHERE b.id = $1`;

interface DensityRow {
  readonly through: bigint;
  readonly resources: readonly string[];
  readonly level_micros: bigint | null;
  readonly slots: number;
  readonly shares: readonly number[];
  readonly weight: number;
}

/** Entries that posted prices, over a pool. */
export const createPostingReader = (pool: Pool): PostingReader => ({
  postedBy: async (marketId, sequence) => {
    const { rows } = await pool.query<EventRow>({ name: 'find-posting', text: POSTING, values: [marketId, sequence] });
    return rows.map((row) => ({ sequence: row.sequence, event: eventIn(row), at: row.at })).at(0);
  },
});

/** Densities of bids, over a pool. */
export const createDensityReader = (pool: Pool): DensityReader => ({
  density: async (bidId) => {
    const { rows } = await pool.query<DensityRow>({ name: 'find-density', text: DENSITY, values: [bidId] });
    const { through, resources, level_micros: levelMicros, slots, shares, weight } = at(rows, 0);
    return { through, resources, stored: levelMicros === null ? undefined : { levelMicros, slots, shares, weight } };
  },
});

interface EventRow {
  readonly sequence: bigint;
  readonly kind: string;
  readonly version: number;
  readonly payload: unknown;
  readonly at: Date;
}

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
