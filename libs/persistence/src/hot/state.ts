import type { MarketHead, MarketState } from '#market';
import { invariant } from '#units';
import type { Pool, PoolClient } from 'pg';

/** A connection or a pool: where one statement may run. */
export type Queryable = Pick<PoolClient | Pool, 'query'>;

export const HEAD_COLUMNS = 'm.id AS market_id, m.sequence, m.status, m.clock, m.slot';

export interface HeadRow {
  readonly market_id: bigint;
  readonly sequence: bigint;
  readonly status: MarketHead['status'];
  readonly clock: MarketHead['clock'];
  readonly slot: number;
}

export const headOf = (row: HeadRow): MarketHead => ({
  marketId: row.market_id,
  sequence: row.sequence,
  status: row.status,
  clock: row.clock,
  slot: row.slot,
});

/**
 * load-market: all that a book is made of, as of one moment (one statement, one snapshot).
 * Input:  market. Output: one row, sites and usage as JSON in order of ordinal and slot; none where there is no such market.
 * Events: none.
 * Retry:  safe; it reads.
 */
const LOAD_MARKET = `
  SELECT ${HEAD_COLUMNS}, m.horizon_slots, m.chunk_kb, m.bandwidth_kb, m.resources, m.gamma, m.unit_micros, m.reserve_micros,
    coalesce((SELECT e.sequence FROM event e WHERE e.market_id = m.id AND e.kind NOT IN ('bid_refused', 'status_changed')
      ORDER BY e.sequence DESC LIMIT 1), 0) AS price_version,
    (SELECT coalesce(json_agg(json_build_object('id', s.id::text, 'ordinal', s.ordinal, 'capacityMilli', s.capacity_milli)
      ORDER BY s.ordinal), '[]') FROM site s WHERE s.market_id = m.id) AS sites,
    (SELECT coalesce(json_agg(json_build_object('slot', u.slot, 'usedMilli', u.used_milli) ORDER BY u.slot), '[]') FROM slot_usage u
      WHERE u.market_id = m.id AND u.slot >= m.slot AND u.slot < m.slot + m.horizon_slots) AS usage
  FROM market m WHERE m.id = $1`;

interface StateRow extends HeadRow {
  readonly horizon_slots: number;
  readonly chunk_kb: bigint;
  readonly bandwidth_kb: bigint;
  readonly resources: string[];
  readonly gamma: Record<string, number>;
  readonly unit_micros: bigint;
  readonly reserve_micros: bigint;
  readonly price_version: bigint;
  readonly sites: MarketState['sites'];
  readonly usage: MarketState['usage'];
}

/** Everything that a market's book is made of, or undefined where there is no such market. */
export async function loadMarket(queryable: Queryable, marketId: bigint): Promise<MarketState | undefined> {
  const { rows } = await queryable.query<StateRow>({ name: 'load-market', text: LOAD_MARKET, values: [marketId] });
  if (rows.length === 0) return undefined;
  const [row] = rows;
  invariant(
    row.sites.every((site, index) => site.ordinal === index),
    'ordinals of sites run from 0 without gaps',
  );
  return {
    head: headOf(row),
    priceVersion: row.price_version,
    horizonSlots: row.horizon_slots,
    chunkKb: row.chunk_kb,
    bandwidthKb: row.bandwidth_kb,
    resources: row.resources,
    gamma: row.gamma,
    unitMicros: row.unit_micros,
    reserveMicros: row.reserve_micros,
    sites: row.sites,
    usage: row.usage,
  };
}
