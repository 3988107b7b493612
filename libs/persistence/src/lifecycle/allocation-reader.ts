import {
  type AllocationFilter,
  type AllocationLife,
  type AllocationReader,
  type AllocationSlot,
  type AllocationState,
  type AllocationSummary,
  type LineRecord,
  seesAll,
  slotStateAt,
  type Viewer,
} from '#market';
import type { Pool } from 'pg';

/** What went back of a bid, at whatever time. */
const RETURNED = `t.bid_id = b.id AND t.kind IN ('void', 'refund')`;

/** The state of an allocation whose slots are `s`, as stateAt says it (libs/market). */
const STATE = `CASE WHEN s.ending IS NOT NULL THEN s.ending WHEN s.last_slot < m.slot THEN 'completed' WHEN s.first_slot <= m.slot THEN 'running' ELSE 'scheduled' END`;

/** Whether a slot `p` belongs to the plan that was in force when its time came: until the next plan came, and until the end before its time. */
const IN_FORCE = `((n.from_slot IS NULL OR p.slot < n.from_slot) AND (x.slot IS NULL OR p.slot < x.slot))`;
const ENDS = `
  LEFT JOIN allocation_revision n ON n.bid_id = p.bid_id AND n.revision = p.revision + 1 LEFT JOIN allocation_end x ON x.bid_id = p.bid_id`;

/** Of an allocation `a` with its bid `b` and its market `m`: where it stands. Costs what its own slots cost. */
const STANDPOINT = `
  CROSS JOIN LATERAL (
    SELECT coalesce(min(p.slot) FILTER (WHERE ${IN_FORCE}), min(p.slot)) AS first_slot, coalesce(max(p.slot) FILTER (WHERE ${IN_FORCE}), max(p.slot)) AS last_slot, max(p.revision) AS revision,
      min(x.ending::text) AS ending, count(*) FILTER (WHERE NOT ${IN_FORCE})::int AS void,
      count(*) FILTER (WHERE ${IN_FORCE} AND p.slot < m.slot)::int AS delivered, count(*) FILTER (WHERE ${IN_FORCE} AND p.slot >= m.slot)::int AS planned
    FROM placement p ${ENDS} WHERE p.bid_id = a.bid_id
  ) AS s`;
const COLUMNS = `
  b.id, b.market_id, b.organisation_id, b.label, a.kind, a.payment_micros, s.*, ${STATE} AS state, m.slot AS now,
  (SELECT coalesce(sum(t.amount_micros), 0)::bigint FROM transfer t WHERE ${RETURNED}) AS returned_micros`;

/**
 * What a filter asks for, in SQL. $1 the viewer's organisation, $2 the id to go on after, $3 limit, $4 market, $5 site, $6 organisation, $7 state.
 * Whatever is not over yet has slots to come: these are found by the market's clock.
 */
const MAY_BE_OVER = `SELECT p.bid_id FROM placement p WHERE p.market_id = m.id AND p.slot >= m.slot`;
function conditionsOf({ siteId, organisationId, state }: AllocationFilter, oversees: boolean): string {
  const isLive = state === 'scheduled' || state === 'running';
  return [
    oversees ? `(m.organisation_id = $1 OR b.organisation_id = $1)` : `b.organisation_id = $1`,
    `($5::bigint IS NULL OR a.lines @> (SELECT jsonb_build_array(jsonb_build_object('site', w.ordinal)) FROM site w WHERE w.id = $5 AND w.market_id = m.id))`,
    ...(organisationId === undefined ? [`$6::bigint IS NULL`] : [`b.organisation_id = $6`]),
    ...(state === undefined ? [`$7::text IS NULL`] : [`${STATE} = $7`]),
    ...(isLive ? [`a.bid_id IN (${MAY_BE_OVER})`] : []),
    ...(siteId === undefined ? [] : [`EXISTS (SELECT FROM site w WHERE w.id = $5 AND w.market_id = m.id)`]),
  ].join(' AND ');
}

/**
 * list-allocations: allocations of the markets that an organisation is a member of, by bid; of each market no more than the page holds.
 * Input:  as conditionsOf says. Output: rows, ids ascending.
 * Events: none.
 * Retry:  safe; it reads.
 */
const listText = (filter: AllocationFilter, oversees: boolean): string => `
  SELECT f.* FROM market m JOIN organisation o ON o.id = $1 AND m.organisation_id IN (o.id, o.parent_id)
  CROSS JOIN LATERAL (
    SELECT ${COLUMNS} FROM bid b JOIN allocation a ON a.bid_id = b.id ${STANDPOINT}
    WHERE b.market_id = m.id AND b.id > $2 AND ${conditionsOf(filter, oversees)} ORDER BY b.id LIMIT $3
  ) AS f
  WHERE $4::bigint IS NULL OR m.id = $4 ORDER BY f.id LIMIT $3`;

/** Of those that go on with an allocation the first ones are told. */
const CONTINUED_MAX = 100;

/**
 * find-allocation: an allocation slot by slot, what came back of it, and the market's site ids by ordinal.
 * Input:  viewer, whether it oversees its markets, bid. Output: at most one row.
 * Events: none.
 * Retry:  safe; it reads.
 */
const FIND = `
  SELECT ${COLUMNS}, a.continues, a.replaces, (SELECT n.bid_id FROM allocation n WHERE n.replaces = b.id) AS replaced_by,
    ARRAY(SELECT n.bid_id FROM allocation n WHERE n.continues = b.id ORDER BY n.bid_id LIMIT ${CONTINUED_MAX}) AS continued_by, a.lines, coalesce((SELECT r.plan FROM allocation_revision r WHERE r.bid_id = b.id ORDER BY r.revision DESC LIMIT 1), a.plan) AS plan,
    (SELECT array_agg(w.id ORDER BY w.ordinal) FROM site w WHERE w.market_id = b.market_id) AS site_ids,
    (SELECT json_agg(json_build_object('slot', p.slot, 'revision', p.revision, 'amount', p.amount_micros::text, 'isInForce', ${IN_FORCE}) ORDER BY p.revision, p.slot)
      FROM placement p ${ENDS} WHERE p.bid_id = b.id) AS slots,
    (SELECT coalesce(json_agg(json_build_object('sequence', r.sequence::text, 'cause', coalesce(e.payload ->> 'cause', e.kind), 'amount', r.amount::text, 'at', e.at)
        ORDER BY r.sequence), '[]')
      FROM (SELECT t.sequence, sum(t.amount_micros)::bigint AS amount FROM transfer t WHERE ${RETURNED} GROUP BY t.sequence) AS r
      JOIN event e ON e.market_id = b.market_id AND e.sequence = r.sequence) AS returns
  FROM bid b JOIN market m ON m.id = b.market_id JOIN allocation a ON a.bid_id = b.id ${STANDPOINT}
  WHERE (b.organisation_id = $1 OR ($2 AND m.organisation_id = $1)) AND b.id = $3`;

interface SummaryRow {
  readonly id: bigint;
  readonly market_id: bigint;
  readonly organisation_id: bigint;
  readonly label: string | null;
  readonly kind: string;
  readonly payment_micros: bigint;
  readonly first_slot: number;
  readonly last_slot: number;
  readonly revision: number;
  readonly delivered: number;
  readonly planned: number;
  readonly void: number;
  readonly state: AllocationState;
  readonly now: number;
  readonly returned_micros: bigint;
}

interface LifeRow extends SummaryRow {
  readonly continues: bigint | null;
  readonly continued_by: readonly bigint[];
  readonly replaces: bigint | null;
  readonly replaced_by: bigint | null;
  readonly lines: readonly LineRecord[];
  readonly plan: unknown;
  readonly site_ids: readonly bigint[];
  readonly slots: readonly { readonly slot: number; readonly revision: number; readonly amount: string; readonly isInForce: boolean }[];
  readonly returns: readonly { readonly sequence: string; readonly cause: string; readonly amount: string; readonly at: string }[];
}

/** Allocations as the API shows them, over a pool. */
export function createAllocationReader(pool: Pool): AllocationReader {
  return {
    list: async (viewer, filter) => {
      const { afterId, limit, marketId, siteId, organisationId, state } = filter;
      const values = [viewer.organisationId, afterId, limit, marketId ?? null, siteId ?? null, organisationId ?? null, state ?? null];
      return (await pool.query<SummaryRow>(listText(filter, seesAll(viewer)), values)).rows.map(summaryOf);
    },
    find: (viewer, bidId) => find(pool, viewer, bidId),
  };
}

async function find(pool: Pool, viewer: Viewer, bidId: bigint): Promise<AllocationLife | undefined> {
  const values = [viewer.organisationId, seesAll(viewer), bidId];
  const [row] = (await pool.query<LifeRow>({ name: 'find-allocation', text: FIND, values })).rows;
  return row && lifeOf(row);
}

const summaryOf = (row: SummaryRow): AllocationSummary => ({
  bidId: row.id,
  marketId: row.market_id,
  organisationId: row.organisation_id,
  label: row.label,
  kind: row.kind,
  state: row.state,
  revision: row.revision,
  firstSlot: row.first_slot,
  lastSlot: row.last_slot,
  slots: { planned: row.planned, delivered: row.delivered, void: row.void },
  paymentMicros: row.payment_micros,
  returnedMicros: row.returned_micros,
});

const lifeOf = (row: LifeRow): AllocationLife => ({
  summary: summaryOf(row),
  links: { continues: row.continues, continuedBy: row.continued_by, replaces: row.replaces, replacedBy: row.replaced_by },
  allocation: {
    bidId: row.id,
    marketId: row.market_id,
    paymentMicros: row.payment_micros,
    lines: row.lines,
    kind: row.kind,
    plan: row.plan,
    siteIds: row.site_ids,
  },
  slots: row.slots.map(({ slot, revision, amount, isInForce }): AllocationSlot => ({
    slot,
    revision,
    state: slotStateAt(row.now, slot, isInForce),
    amountMicros: BigInt(amount),
  })),
  returns: row.returns.map(({ sequence, cause, amount, at }) => ({
    sequence: BigInt(sequence),
    cause,
    amountMicros: BigInt(amount),
    at: new Date(at),
  })),
});
