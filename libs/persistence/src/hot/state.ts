import { kindsThat, marketTerms } from '#log';
import type { CapacityWindow, MarketHead, MarketRows } from '#market';
import { at, invariant } from '#units';
import type { Pool, PoolClient } from 'pg';
import { textList } from './columns.js';

/** A connection or a pool: where one statement may run. */
export type Queryable = Pick<PoolClient | Pool, 'query'>;

/** The columns of a HeadRow, of `market m`. */
export const HEAD_COLUMNS = 'm.id AS market_id, m.sequence, m.status, m.clock, m.slot';

/** A market's row as it is read. */
export interface HeadRow {
  readonly market_id: bigint;
  readonly sequence: bigint;
  readonly status: MarketHead['status'];
  readonly clock: MarketHead['clock'];
  readonly slot: number;
}

/** A market's head out of its row. */
export const headOf = (row: HeadRow): MarketHead => ({
  marketId: row.market_id,
  sequence: row.sequence,
  status: row.status,
  clock: row.clock,
  slot: row.slot,
});

/** Windows of `market m` that withdraw anything from now on; null where there are none. */
const WINDOWS = `
  (SELECT json_agg(json_build_object('windowId', w.id::text, 'scope', w.scope, 'site', s.ordinal, 'amounts', w.amounts, 'from', w.from_slot, 'to', w.to_slot,
      'closedAt', w.closed_slot, 'taken', w.taken, 'isSettled', w.settled_sequence IS NOT NULL) ORDER BY w.id)
    FROM market_window w LEFT JOIN site s ON s.id = w.site_id
    WHERE w.market_id = m.id AND (w.to_slot IS NULL OR w.to_slot > m.slot) AND (w.closed_slot IS NULL OR w.closed_slot > m.slot OR m.slot <= ANY (w.taken)))`;

/** What there is of a market but sites and sales, and how many cells its window has: bandwidth, and each resource of each site, in each slot. */
const TERMS = `
  ${HEAD_COLUMNS}, m.organisation_id, m.horizon_slots, m.chunk_kb, m.bandwidth_kb, m.resources, m.terms, ${WINDOWS} AS windows,
    coalesce((SELECT e.sequence FROM event e WHERE e.market_id = m.id AND e.kind IN (${textList(kindsThat('moved', 'releveled', 'rebuilt'))})
      ORDER BY e.sequence DESC LIMIT 1), 0) AS price_version`;
/** Cells of the whole window of `market m`, in SQL. */
export const CELLS = `
  m.horizon_slots::bigint * (1 + cardinality(m.resources) * (SELECT count(*) FROM site s WHERE s.market_id = m.id))`;
const SITES = `
  (SELECT coalesce(json_agg(json_build_object('id', s.id::text, 'ordinal', s.ordinal, 'capacityMilli', s.capacity_milli)
    ORDER BY s.ordinal), '[]')::text FROM site s WHERE s.market_id = m.id)`;
const usageWhere = (slots: string): string => `
  (SELECT coalesce(json_agg(json_build_object('slot', u.slot, 'usedMilli', u.used_milli) ORDER BY u.slot), '[]')::text FROM slot_usage u
    WHERE u.market_id = m.id AND u.slot >= m.slot AND u.slot < m.slot + m.horizon_slots AND ${slots})`;

/**
 * load-market: all that a book is made of, as of one moment (one statement, one snapshot).
 * Input:  market, the most cells (null: of any size).
 * Output: one row, sites and usage as JSON in order of ordinal and slot, null where the market has more cells; no row where there is no such market.
 * Events: none.
 * Retry:  safe; it reads.
 */
const LOAD_MARKET = `
  SELECT ${TERMS}, CASE WHEN n.is_read THEN ${SITES} END AS sites, CASE WHEN n.is_read THEN ${usageWhere('true')} END AS usage
  FROM market m CROSS JOIN LATERAL (SELECT $2::bigint IS NULL OR ${CELLS} <= $2 AS is_read) AS n WHERE m.id = $1`;

/**
 * load-slots: the same with the sales of some slots only.
 * Input:  market, first and last slot. Output: as above.
 * Events: none.
 * Retry:  safe; it reads.
 */
const LOAD_SLOTS = `SELECT ${TERMS}, ${SITES} AS sites, ${usageWhere('u.slot BETWEEN $2 AND $3')} AS usage FROM market m WHERE m.id = $1`;

interface StateRow extends HeadRow {
  readonly organisation_id: bigint;
  readonly horizon_slots: number;
  readonly chunk_kb: bigint;
  readonly bandwidth_kb: bigint;
  readonly resources: string[];
  readonly terms: unknown;
  readonly price_version: bigint;
  readonly windows: readonly CapacityWindow[] | null;
  readonly sites: string | null;
  readonly usage: string | null;
}

/** Everything that a market's book is made of; `large` where it has more cells than `cellsMax`; undefined where there is no such market. */
export async function loadMarket(queryable: Queryable, marketId: bigint, cellsMax?: number): Promise<MarketRows | 'large' | undefined> {
  const { rows } = await queryable.query<StateRow>({ name: 'load-market', text: LOAD_MARKET, values: [marketId, cellsMax ?? null] });
  return rows.length === 0 ? undefined : rowsOf(at(rows, 0));
}

/** The same of a market of any size, with the sales of a few slots, both ends included. */
export async function loadSlots(queryable: Queryable, marketId: bigint, first: number, last: number): Promise<MarketRows | undefined> {
  const { rows } = await queryable.query<StateRow>({ name: 'load-slots', text: LOAD_SLOTS, values: [marketId, first, last] });
  const found = rows.length === 0 ? undefined : rowsOf(at(rows, 0));
  invariant(found !== 'large', 'slots are read of a market of any size');
  return found;
}

function rowsOf(row: StateRow): MarketRows | 'large' {
  if (row.sites === null || row.usage === null) return 'large';
  return {
    head: headOf(row),
    operatorId: row.organisation_id,
    priceVersion: row.price_version,
    horizonSlots: row.horizon_slots,
    chunkKb: row.chunk_kb,
    bandwidthKb: row.bandwidth_kb,
    resources: row.resources,
    terms: marketTerms.read(row.terms, 'terms'),
    ...(row.windows && { windows: row.windows }),
    sitesText: row.sites,
    usageText: row.usage,
  };
}
