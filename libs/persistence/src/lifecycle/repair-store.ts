import { eventIn, type LogEvent, marketTerms } from '#log';
import type { HitMarket, MarketThen, RepairCommit, RepairStore, SoldPlanRow } from '#market';
import { invariant } from '#units';
import type { Pool, PoolClient } from 'pg';
import { textList } from '../hot/columns.js';
import { inTransaction } from '../hot/index.js';
import { readLive } from './live-allocations.js';
import { loadMarket } from '../hot/state.js';
import { recordHits } from './record-hits.js';

/**
 * due-markets: markets with a window whose hits are not dealt with, that are not closed for whoever decides.
 * Input:  none. Output: markets.
 * Events: none.
 * Retry:  safe; it reads.
 */
const DUE = `SELECT DISTINCT market_id FROM market_window WHERE settled_sequence IS NULL ORDER BY market_id`;

/** unsettled-window: the window whose hits are to be dealt with. Input: market. Output: at most one row. Events: none. Retry: safe; it reads. */
const UNSETTLED = `SELECT id, cause FROM market_window WHERE market_id = $1 AND settled_sequence IS NULL ORDER BY id LIMIT 1`;

/** Entries that change what a market is, beside its sales. */
const CHANGES = [
  'market_opened',
  'terms_changed',
  'site_added',
  'capacity_changed',
  'window_opened',
  'window_settled',
  'window_closed',
  'prices_changed',
];

/**
 * changes-before: entries that changed what a market is, before one.
 * Input:  market, sequence. Output: entries in their order.
 * Events: none.
 * Retry:  safe; it reads.
 */
const CHANGES_BEFORE = `SELECT kind, version, payload FROM event WHERE market_id = $1 AND sequence < $2 AND kind IN (${textList(CHANGES)}) ORDER BY sequence`;

/**
 * plans-before: plans that were sold before an entry, with slots from a slot on, and which entries took them back.
 * Input:  market, sequence, slot. Output: rows.
 * Events: none.
 * Retry:  safe; it reads.
 */
const PLANS_BEFORE = `
  SELECT b.body, v.plan, v.since, coalesce(
      (SELECT n.sequence FROM allocation_revision n WHERE n.bid_id = b.id AND n.revision = v.revision + 1),
      (SELECT e.sequence FROM allocation_end e WHERE e.bid_id = b.id)) AS until
  FROM (SELECT DISTINCT p.bid_id, p.revision FROM placement p WHERE p.market_id = $1 AND p.slot >= $3) AS near
  JOIN bid b ON b.id = near.bid_id JOIN decision d ON d.bid_id = b.id JOIN allocation a ON a.bid_id = b.id
  CROSS JOIN LATERAL (
    SELECT 0 AS revision, a.plan, d.sequence AS since
    UNION ALL SELECT r.revision, r.plan, r.sequence FROM allocation_revision r WHERE r.bid_id = b.id
  ) AS v
  WHERE v.revision = near.revision AND v.since < $2`;

/** market-then: what of a market never changes. Input: market. Output: one row. Events: none. Retry: safe; it reads. */
const MARKET = `SELECT organisation_id, horizon_slots, chunk_kb, bandwidth_kb, resources, terms FROM market WHERE id = $1`;

/** What repairing needs of Postgres, over a pool. */
export function createRepairStore(pool: Pool): RepairStore {
  return {
    due: async () => (await pool.query<{ market_id: bigint }>({ name: 'due-markets', text: DUE })).rows.map((row) => row.market_id),
    load: (marketId) => inSnapshot(pool, (client) => load(client, marketId)),
    loadAny: (marketId) => inSnapshot(pool, (client) => loadAny(client, marketId)),
    then: (marketId, sequence, fromSlot) => inSnapshot(pool, (client) => then(client, marketId, { sequence, fromSlot })),
    record: (commit: RepairCommit) => recordHits(pool, commit),
  };
}

/** Reads as of one moment. */
export const inSnapshot = <T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> =>
  inTransaction(pool, async (client) => {
    await client.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
    return work(client);
  });

async function load(client: PoolClient, marketId: bigint): Promise<HitMarket | undefined> {
  const [window] = (await client.query<{ id: bigint; cause: HitMarket['window']['cause'] }>(UNSETTLED, [marketId])).rows;
  if (!window) return undefined;
  return { ...(await loadAny(client, marketId)), window: { windowId: window.id, cause: window.cause } };
}

async function loadAny(client: PoolClient, marketId: bigint): Promise<Omit<HitMarket, 'window'>> {
  const rows = await loadMarket(client, marketId);
  invariant(rows !== undefined && rows !== 'large', 'markets are never removed, and are read whatever their size');
  return { rows, live: await readLive(client, marketId) };
}

async function then(
  client: PoolClient,
  marketId: bigint,
  { sequence, fromSlot }: { readonly sequence: bigint; readonly fromSlot: number },
): Promise<MarketThen> {
  const [market] = (await client.query<MarketRow>(MARKET, [marketId])).rows;
  invariant(market !== undefined, 'markets are never removed');
  const { rows: events } = await client.query<{ kind: string; version: number; payload: unknown }>(CHANGES_BEFORE, [marketId, sequence]);
  const { rows: plans } = await client.query<Omit<SoldPlanRow, 'until'> & { until: bigint | null }>(PLANS_BEFORE, [
    marketId,
    sequence,
    fromSlot,
  ]);
  return {
    market: {
      operatorId: market.organisation_id,
      horizonSlots: market.horizon_slots,
      chunkKb: market.chunk_kb,
      bandwidthKb: market.bandwidth_kb,
      resources: market.resources,
      terms: marketTerms.read(market.terms, 'terms'),
      sites: [],
    },
    events: events.map((event): LogEvent => eventIn(event)),
    plans: plans.map(({ until, ...plan }) => ({ ...plan, until: until ?? undefined })),
  };
}

interface MarketRow {
  readonly organisation_id: bigint;
  readonly horizon_slots: number;
  readonly chunk_kb: bigint;
  readonly bandwidth_kb: bigint;
  readonly resources: string[];
  readonly terms: unknown;
}
