import type { LiveRow } from '#market';
import type { PoolClient } from 'pg';

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
