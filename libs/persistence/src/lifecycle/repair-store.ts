import { eventIn, type LogEvent, marketTerms } from '#log';
import type { HitMarket, LiveRow, MarketThen, RepairCommit, RepairStore, SoldPlanRow } from '#market';
import { invariant } from '#units';
import type { Pool, PoolClient } from 'pg';
import { textList } from '../hot/columns.js';
import { inTransaction } from '../hot/index.js';
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

/** The plan that an allocation of the bid `b` has now: its number. */
const CURRENT = `(SELECT count(*)::int FROM allocation_revision r WHERE r.bid_id = b.id)`;

/**
 * live-allocations: allocations with slots to come, in the order of their decisions.
 * Input:  market, bid (null: all). Output: rows; plans by revision, the first one in force from slot 0 on.
 * Events: none.
 * Retry:  safe; it reads.
 */
const LIVE = `
  SELECT b.id, b.organisation_id, b.body, d.sequence, d.arrival_slot, d.completion, a.payment_micros,
    (SELECT json_agg(json_build_object('plan', v.plan, 'from', v.from_slot, 'completion', v.completion) ORDER BY v.revision) FROM (
      SELECT 0 AS revision, 0 AS from_slot, d.completion, a.plan
      UNION ALL SELECT r.revision, r.from_slot, r.completion, r.plan FROM allocation_revision r WHERE r.bid_id = b.id
    ) AS v) AS plans,
    (SELECT coalesce(json_agg(json_build_object('slot', p.slot, 'amount', p.amount_micros::text) ORDER BY p.slot), '[]') FROM placement p
      WHERE p.bid_id = b.id AND p.revision = ${CURRENT} AND p.slot >= m.slot) AS planned,
    (SELECT coalesce(sum(t.amount_micros), 0)::bigint FROM transfer t WHERE t.bid_id = b.id AND t.kind = 'retain') AS retained,
    (SELECT coalesce(sum(t.amount_micros), 0)::bigint FROM transfer t WHERE t.bid_id = b.id AND t.kind = 'refund') AS refunded,
    (SELECT coalesce(sum(t.amount_micros), 0)::bigint FROM transfer t WHERE t.bid_id = b.id AND t.kind IN ('void', 'refund')) AS returned,
    (SELECT coalesce(json_agg(json_build_object('budgetId', c.budget_id::text, 'period', c.period, 'amount', c.amount::text) ORDER BY c.budget_id, c.period), '[]')
      FROM (SELECT e.budget_id, e.period, sum(e.amount_micros) AS amount FROM budget_entry e WHERE e.bid_id = b.id GROUP BY e.budget_id, e.period
        HAVING sum(e.amount_micros) <> 0) AS c) AS charges
  FROM market m
  CROSS JOIN LATERAL (SELECT DISTINCT p.bid_id FROM placement p WHERE p.market_id = m.id AND p.slot >= m.slot AND ($2::bigint IS NULL OR p.bid_id = $2)) AS live
  JOIN bid b ON b.id = live.bid_id JOIN decision d ON d.bid_id = b.id JOIN allocation a ON a.bid_id = b.id
  WHERE m.id = $1 AND NOT EXISTS (SELECT FROM allocation_end e WHERE e.bid_id = b.id)
    AND EXISTS (SELECT FROM placement p WHERE p.bid_id = b.id AND p.revision = ${CURRENT} AND p.slot >= m.slot)
  ORDER BY d.sequence`;

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

interface LiveDbRow {
  readonly id: bigint;
  readonly organisation_id: bigint;
  readonly body: LiveRow['body'];
  readonly sequence: bigint;
  readonly arrival_slot: number;
  readonly completion: number;
  readonly payment_micros: bigint;
  readonly plans: LiveRow['plans'];
  readonly planned: readonly { readonly slot: number; readonly amount: string }[];
  readonly retained: bigint;
  readonly refunded: bigint;
  readonly returned: bigint;
  readonly charges: readonly { readonly budgetId: string; readonly period: number; readonly amount: string }[];
}

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

/** Allocations with slots to come, in the order of their decisions; of one bid where one is named. */
export async function readLive(client: PoolClient, marketId: bigint, bidId: bigint | null = null): Promise<LiveRow[]> {
  return (await client.query<LiveDbRow>(LIVE, [marketId, bidId])).rows.map(liveRowOf);
}

const liveRowOf = (row: LiveDbRow): LiveRow => ({
  bidId: row.id,
  organisationId: row.organisation_id,
  sequence: row.sequence,
  arrivalSlot: row.arrival_slot,
  body: row.body,
  promised: row.completion,
  paymentMicros: row.payment_micros,
  plans: row.plans,
  planned: row.planned.map(({ slot, amount }) => ({ slot, amountMicros: BigInt(amount) })),
  retainedMicros: row.retained - row.refunded,
  returnedMicros: row.returned,
  charges: row.charges.map(({ budgetId, period, amount }) => ({ budgetId: BigInt(budgetId), period, amountMicros: BigInt(amount) })),
});

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
