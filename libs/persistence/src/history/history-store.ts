import { eventIn, kindsThat, marketTerms } from '#log';
import type { GrownMarket, HistoryStore, LineRecord, MarketBase, PastEntry, PastState, SoldPart, Snapshot } from '#market';
import type { Pool } from 'pg';
import { at } from '#units';
import { textList } from '../hot/columns.js';
import { createSlotChanges } from './slot-changes.js';

/**
 * find-market-base: what of a market never changes.
 * Input:  market. Output: at most one row.
 * Events: none.
 * Retry:  safe; it reads.
 */
const FIND_BASE = `SELECT id, organisation_id, clock, horizon_slots, chunk_kb, bandwidth_kb, resources FROM market WHERE id = $1`;

/**
 * find-time-of-entry: when an entry of a log was written.
 * Input:  market, sequence. Output: at most one row.
 * Events: none.
 * Retry:  safe; it reads.
 */
const FIND_TIME = `SELECT at FROM event WHERE market_id = $1 AND sequence = $2`;

/**
 * find-snapshot: the last state of a market that is kept of no later than an entry.
 * Input:  market, sequence. Output: at most one row.
 * Events: none.
 * Retry:  safe; it reads.
 */
const FIND_SNAPSHOT = `SELECT sequence, state FROM market_snapshot WHERE market_id = $1 AND sequence <= $2 ORDER BY sequence DESC LIMIT 1`;

/**
 * read-past: entries of a log that change what is sold, what there is, or what it costs.
 * Input:  market, sequences to go on after and up to, how many. Output: rows, sequence ascending; lines of payments where a bid was accepted.
 * Events: none.
 * Retry:  safe; it reads.
 */
const READ_PAST = `
  SELECT e.sequence, e.kind, e.version, e.payload, e.at, a.lines FROM (
    SELECT * FROM event WHERE market_id = $1 AND sequence > $2 AND sequence <= $3 AND kind IN (${textList([...kindsThat('moved', 'releveled', 'rebuilt'), 'status_changed'])})
    ORDER BY sequence LIMIT $4
  ) e LEFT JOIN allocation a ON e.kind = 'bid_accepted' AND a.bid_id = (e.payload->>'bidId')::bigint ORDER BY e.sequence`;

/**
 * plans-in-force: plans with some of these slots, as far as they were in force after an entry. Of one that was replaced the slots before the next one's
 * first stay; of an allocation that ended those before its end.
 * Input:  market, sequence, first slot, slot after the last. Output: rows.
 * Events: none.
 * Retry:  safe; it reads.
 */
const PLANS_IN_FORCE = `
  SELECT b.id AS bid_id, b.body, v.plan, v.from_slot, least(n.from_slot, e.slot) AS until_slot
  FROM (SELECT DISTINCT p.bid_id, p.revision FROM placement p WHERE p.market_id = $1 AND p.slot >= $3 AND p.slot < $4) AS near
  JOIN bid b ON b.id = near.bid_id JOIN decision d ON d.bid_id = b.id JOIN allocation a ON a.bid_id = b.id
  CROSS JOIN LATERAL (
    SELECT 0 AS revision, a.plan, d.sequence AS since, 0 AS from_slot
    UNION ALL SELECT r.revision, r.plan, r.sequence, r.from_slot FROM allocation_revision r WHERE r.bid_id = b.id
  ) AS v
  LEFT JOIN allocation_revision n ON n.bid_id = b.id AND n.revision = v.revision + 1 AND n.sequence <= $2
  LEFT JOIN allocation_end e ON e.bid_id = b.id AND e.sequence <= $2
  WHERE v.revision = near.revision AND v.since <= $2`;

/**
 * keep-snapshot: keeps a state of a market.
 * Input:  market, sequence, time of its entry, slot, state, figures. Output: none.
 * Events: none.
 * Retry:  safe; the first one stays.
 */
const KEEP = `
  INSERT INTO market_snapshot (market_id, sequence, at, slot, state, figures) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (market_id, sequence) DO NOTHING`;

/**
 * list-grown-markets: markets whose logs go on beyond what is kept of them.
 * Input:  by how many entries at least. Output: rows.
 * Events: none.
 * Retry:  safe; it reads.
 */
const GROWN = `
  SELECT m.id, m.sequence AS head, coalesce(k.sequence, 0) AS kept FROM market m
  LEFT JOIN LATERAL (SELECT s.sequence FROM market_snapshot s WHERE s.market_id = m.id ORDER BY s.sequence DESC LIMIT 1) k ON true
  WHERE m.sequence - coalesce(k.sequence, 0) >= $1 ORDER BY m.id`;

/**
 * forget-snapshots: nothing that is kept of one market, or of all, is kept any longer.
 * Input:  market or null. Output: none.
 * Events: none.
 * Retry:  safe; states are made again from the log.
 */
const FORGET = `DELETE FROM market_snapshot WHERE $1::bigint IS NULL OR market_id = $1`;

interface BaseRow {
  readonly id: bigint;
  readonly organisation_id: bigint;
  readonly clock: MarketBase['clock'];
  readonly horizon_slots: number;
  readonly chunk_kb: bigint;
  readonly bandwidth_kb: bigint;
  readonly resources: readonly string[];
}

interface EntryRow {
  readonly sequence: bigint;
  readonly kind: string;
  readonly version: number;
  readonly payload: unknown;
  readonly at: Date;
  readonly lines: readonly LineRecord[] | null;
}

interface PlanRow {
  readonly bid_id: bigint;
  readonly body: SoldPart['body'];
  readonly plan: unknown;
  readonly from_slot: number;
  readonly until_slot: number | null;
}

/** What is kept of a state beside its market and sequence. */
interface KeptState extends Omit<PastState, 'head' | 'priceVersion' | 'terms'> {
  readonly slot: number;
  readonly status: PastState['head']['status'];
  readonly priceVersion: string;
  readonly terms: unknown;
}

/** Logs, and states made from them, over a pool. */
export function createHistoryStore(pool: Pool): HistoryStore {
  return {
    ...createSlotChanges(pool),
    findBase: async (marketId) => {
      const { rows } = await pool.query<BaseRow>({ name: 'find-market-base', text: FIND_BASE, values: [marketId] });
      return rows.length === 0 ? undefined : baseOf(at(rows, 0));
    },
    timeOf: async (marketId, sequence) => {
      const { rows } = await pool.query<{ at: Date }>({ name: 'find-time-of-entry', text: FIND_TIME, values: [marketId, sequence] });
      return rows.at(0)?.at;
    },
    snapshotBefore: async (base, sequence) => {
      const values = [base.marketId, sequence];
      const { rows } = await pool.query<{ sequence: bigint; state: KeptState }>({ name: 'find-snapshot', text: FIND_SNAPSHOT, values });
      return rows.length === 0 ? undefined : stateOf(base, at(rows, 0));
    },
    entries: async (marketId, { after, upTo, limit }) => {
      const { rows } = await pool.query<EntryRow>({ name: 'read-past', text: READ_PAST, values: [marketId, after, upTo, limit] });
      return rows.map(entryOf);
    },
    plansInForce: async (marketId, { sequence, first, end }) => {
      const { rows } = await pool.query<PlanRow>({
        name: 'plans-in-force',
        text: PLANS_IN_FORCE,
        values: [marketId, sequence, first, end],
      });
      return rows.map(({ bid_id: bidId, body, plan, from_slot: from, until_slot: until }) => ({
        bidId,
        body,
        plan,
        from,
        until: until ?? undefined,
      }));
    },
    keep: async (snapshot) => void (await pool.query({ name: 'keep-snapshot', text: KEEP, values: valuesOf(snapshot) })),
    grown: async (entriesMin) => {
      const { rows } = await pool.query<{ id: bigint; head: bigint; kept: bigint }>({
        name: 'list-grown-markets',
        text: GROWN,
        values: [entriesMin],
      });
      return rows.map(({ id, head, kept }): GrownMarket => ({ marketId: id, keptUpTo: kept, head }));
    },
    forget: async (marketId) => void (await pool.query(FORGET, [marketId ?? null])),
  };
}

const baseOf = (row: BaseRow): MarketBase => ({
  marketId: row.id,
  operatorId: row.organisation_id,
  clock: row.clock,
  horizonSlots: row.horizon_slots,
  chunkKb: row.chunk_kb,
  bandwidthKb: row.bandwidth_kb,
  resources: row.resources,
});

const entryOf = ({ sequence, at, lines, ...kept }: EntryRow): PastEntry => ({ sequence, at, event: eventIn(kept), lines: lines ?? [] });

function valuesOf({ state, at, figures }: Snapshot): unknown[] {
  const { head, priceVersion, terms, sites, usage, windows } = state;
  const kept: KeptState = {
    slot: head.slot,
    status: head.status,
    priceVersion: priceVersion.toString(),
    terms: marketTerms.write(terms),
    sites,
    usage,
    ...(windows && { windows }),
  };
  const told = figures.map((each) => ({ ...each, meanPrice: each.meanPrice.toString() }));
  return [head.marketId, head.sequence, at, head.slot, JSON.stringify(kept), JSON.stringify(told)];
}

function stateOf(
  { marketId, clock }: MarketBase,
  {
    sequence,
    state: { slot, status, priceVersion, terms, sites, usage, windows },
  }: { readonly sequence: bigint; readonly state: KeptState },
): PastState {
  return {
    head: { marketId, sequence, status, clock, slot },
    priceVersion: BigInt(priceVersion),
    terms: marketTerms.read(terms, 'terms'),
    sites,
    usage,
    ...(windows && { windows }),
  };
}
