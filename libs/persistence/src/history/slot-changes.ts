import { EVENT_KINDS, EVENT_TYPES, eventIn } from '#log';
import type { HistoryStore, LineRecord, SlotChange } from '#market';
import type { Pool } from 'pg';
import { at } from '#units';
import { textList } from '../hot/columns.js';

/**
 * find-sale: states that are kept of a market from before a slot came on sale, and from after it had been.
 * Input:  market, slot, slots on sale. Output: one row.
 * Events: none.
 * Retry:  safe; it reads.
 */
const FIND_SALE = `
  SELECT coalesce((SELECT sequence FROM market_snapshot WHERE market_id = $1 AND slot <= $2::int - $3::int ORDER BY slot DESC, sequence DESC LIMIT 1), 0) AS after,
    (SELECT sequence FROM market_snapshot WHERE market_id = $1 AND slot > $2::int ORDER BY slot, sequence LIMIT 1) AS up_to`;

/**
 * find-entry-before: the last entry of a log that was written by a moment.
 * Input:  market, moment. Output: at most one row.
 * Events: none.
 * Retry:  safe; it reads.
 */
const FIND_BEFORE = `SELECT sequence FROM event WHERE market_id = $1 AND at <= $2 ORDER BY sequence DESC LIMIT 1`;

/** Entries that make the market, and so each slot, of something else. */
const REMAKING = EVENT_KINDS.filter((kind) => EVENT_TYPES[kind].remakes);

/**
 * slot-changes: entries of a log that change what is sold of a slot, what prices it, or whether it is on sale.
 * Input:  market, slot, sequences to go on after and up to, how many, slots on sale.
 * Output: rows, sequence ascending; the slot's lines where a bid was accepted, the plans before and after where one was repaired or ended.
 * Events: none.
 * Retry:  safe; it reads.
 */
const SLOT_CHANGES = `
  WITH near AS MATERIALIZED (SELECT DISTINCT bid_id FROM placement WHERE market_id = $1 AND slot = $2), changes AS (
    SELECT d.sequence, d.bid_id, 0 AS revision, false AS is_end FROM near JOIN decision d ON d.bid_id = near.bid_id WHERE d.sequence > $3 AND d.sequence <= $4
    UNION ALL SELECT r.sequence, r.bid_id, r.revision, false FROM near JOIN allocation_revision r ON r.bid_id = near.bid_id
      WHERE r.from_slot <= $2 AND r.sequence > $3 AND r.sequence <= $4
    UNION ALL SELECT x.sequence, x.bid_id, NULL, true FROM near JOIN allocation_end x ON x.bid_id = near.bid_id
      WHERE x.slot <= $2 AND x.sequence > $3 AND x.sequence <= $4
    UNION ALL SELECT e.sequence, NULL, NULL, false FROM event e WHERE e.market_id = $1 AND e.sequence > $3 AND e.sequence <= $4 AND (e.kind IN (${textList(REMAKING)})
      OR (e.kind = 'clock_advanced' AND (((e.payload->>'from')::int <= $2 AND (e.payload->>'slot')::int > $2)
        OR ((e.payload->>'from')::int + $6::int <= $2 AND (e.payload->>'slot')::int + $6::int > $2))))
    ORDER BY 1 LIMIT $5
  )
  SELECT c.sequence, e.kind, e.version, e.payload, e.at, c.bid_id, c.is_end, CASE WHEN c.bid_id IS NOT NULL AND NOT (c.revision = 0) IS TRUE THEN b.body END AS body,
    CASE WHEN c.revision = 0 THEN (SELECT jsonb_agg(l) FROM jsonb_array_elements(a.lines) AS l WHERE (l->>'slot')::int = $2) END AS lines,
    coalesce(before.plan, a.plan) AS plan_before, CASE WHEN c.revision > 0 THEN r.plan END AS plan_after
  FROM changes c JOIN event e ON e.market_id = $1 AND e.sequence = c.sequence
  LEFT JOIN bid b ON b.id = c.bid_id LEFT JOIN allocation a ON a.bid_id = c.bid_id
  LEFT JOIN allocation_revision r ON r.bid_id = c.bid_id AND r.revision = c.revision
  LEFT JOIN LATERAL (
    SELECT o.plan FROM allocation_revision o WHERE o.bid_id = c.bid_id AND o.sequence < c.sequence ORDER BY o.revision DESC LIMIT 1
  ) AS before ON true
  ORDER BY c.sequence`;

interface ChangeRow {
  readonly sequence: bigint;
  readonly kind: string;
  readonly version: number;
  readonly payload: unknown;
  readonly at: Date;
  readonly bid_id: bigint | null;
  readonly is_end: boolean;
  /** Of a bid whose plan was replaced. */
  readonly body: NonNullable<SlotChange['replaced']>['body'] | null;
  readonly lines: readonly LineRecord[] | null;
  readonly plan_before: unknown;
  readonly plan_after: unknown;
}

/** What logs tell of single slots, over a pool. */
export const createSlotChanges = (pool: Pool): Pick<HistoryStore, 'saleOf' | 'lastBefore' | 'slotChanges'> => ({
  saleOf: async ({ marketId, horizonSlots }, slot) => {
    const { rows } = await pool.query<{ after: bigint; up_to: bigint | null }>({
      name: 'find-sale',
      text: FIND_SALE,
      values: [marketId, slot, horizonSlots],
    });
    const { after, up_to: upTo } = at(rows, 0);
    return { after, upTo: upTo ?? undefined };
  },
  lastBefore: async (marketId, moment) => {
    const { rows } = await pool.query<{ sequence: bigint }>({ name: 'find-entry-before', text: FIND_BEFORE, values: [marketId, moment] });
    return rows.at(0)?.sequence ?? 0n;
  },
  slotChanges: async ({ marketId, horizonSlots }, { slot, after, upTo, limit }) => {
    const values = [marketId, slot, after, upTo, limit, horizonSlots];
    const { rows } = await pool.query<ChangeRow>({ name: 'slot-changes', text: SLOT_CHANGES, values });
    return rows.map(changeOf);
  },
});

const changeOf = ({ sequence, at: written, bid_id: bidId, body, lines, is_end: isEnd, ...row }: ChangeRow): SlotChange => ({
  sequence,
  at: written,
  event: eventIn(row),
  lines: lines ?? [],
  replaced:
    bidId === null || body === null ? undefined : { bidId, body, before: row.plan_before, after: isEnd ? undefined : row.plan_after },
});
