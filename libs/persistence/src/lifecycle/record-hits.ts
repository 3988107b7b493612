import { EVENT_TYPES, payloadJson } from '#log';
import type { HitRecord, RepairCommit } from '#market';
import { intArray } from '../hot/columns.js';
import { rows, statementInputs, value } from '../hot/inputs.js';
import type { Queryable } from '../hot/state.js';

type Revised = HitRecord & { readonly revision: NonNullable<HitRecord['revision']> };
type Ended = HitRecord & { readonly ending: NonNullable<HitRecord['ending']> };
interface Placed {
  readonly bidId: bigint | null;
  readonly revision: number;
  readonly slot: number;
  readonly amountMicros: bigint;
}
type Moved = HitRecord['movements'][number] & { readonly sequence: bigint };
type Charged = NonNullable<HitRecord['charges']>[number] & Pick<HitRecord, 'sequence' | 'bidId'>;

const given = statementInputs({
  market: value('bigint'),
  before: value('bigint'),
  after: value('bigint'),
  record: rows<HitRecord>({
    sequence: ['bigint', ({ sequence }) => sequence],
    organisation_id: ['bigint', ({ organisationId }) => organisationId],
    kind: ['text', ({ event }) => event.kind],
    version: ['smallint', ({ event }) => EVENT_TYPES[event.kind].version],
    payload: ['json', ({ event }) => JSON.stringify(payloadJson(event))],
  }),
  revised: rows<Revised>({
    bid_id: ['bigint', ({ bidId }) => bidId],
    sequence: ['bigint', ({ sequence }) => sequence],
    revision: ['int', ({ revision }) => revision.revision],
    from_slot: ['int', ({ revision }) => revision.fromSlot],
    completion: ['int', ({ revision }) => revision.completion],
    plan: ['json', ({ revision }) => JSON.stringify(revision.plan)],
  }),
  placed: rows<Placed>({
    bid_id: ['bigint', ({ bidId }) => bidId],
    revision: ['int', ({ revision }) => revision],
    slot: ['int', ({ slot }) => slot],
    amount: ['bigint', ({ amountMicros }) => amountMicros],
  }),
  ended: rows<Ended>({
    bid_id: ['bigint', ({ bidId }) => bidId],
    sequence: ['bigint', ({ sequence }) => sequence],
    ending: ['text', ({ ending }) => ending.ending],
    slot: ['int', ({ ending }) => ending.slot],
  }),
  used: rows<RepairCommit['usage'][number]>({
    slot: ['int', ({ slot }) => slot],
    used: ['text', ({ usedMilli }) => intArray(usedMilli)],
    capacity: ['text', ({ capacityMilli }) => intArray(capacityMilli)],
  }),
  moved: rows<Moved>({
    kind: ['text', ({ kind }) => kind],
    debtor: ['bigint', ({ from }) => from.ownerId],
    debit: ['text', ({ from }) => from.kind],
    creditor: ['bigint', ({ to }) => to.ownerId],
    credit: ['text', ({ to }) => to.kind],
    amount: ['bigint', ({ amount }) => amount],
    bid_id: ['bigint', ({ bidId }) => bidId],
    slot: ['int', ({ slot }) => slot],
    sequence: ['bigint', ({ sequence }) => sequence],
  }),
  charged: rows<Charged>({
    sequence: ['bigint', ({ sequence }) => sequence],
    bid_id: ['bigint', ({ bidId }) => bidId],
    budget_id: ['bigint', ({ budgetId }) => budgetId],
    period: ['int', ({ period }) => period],
    amount: ['bigint', ({ amountMicros }) => amountMicros],
  }),
});

/**
 * record-hits: of a market that stands where it was read: writes what became of those whom a window hit, moves its sequence, announces it; of one that
 * does not, nothing. One statement, its own transaction.
 * Input:  market, sequence before and after; per entry, revision, slot of one, ending, slot of the market, movement and charge of a budget a column each.
 * Output: a row where it was written.
 * Events: allocation_repaired, allocation_failed, allocation_left, allocation_cancelled, window_settled; one notification.
 * Retry:  safe: the sequence has moved once it was written.
 */
const RECORD_HITS = `
  WITH standing AS MATERIALIZED (
    SELECT id FROM market WHERE id = ${given.value('market')} AND sequence = ${given.value('before')} FOR NO KEY UPDATE
  ), moved AS MATERIALIZED (
    UPDATE market m SET sequence = ${given.value('after')} FROM standing s WHERE m.id = s.id RETURNING m.id
  ), told AS MATERIALIZED (
    SELECT append_entries(array_agg(moved.id), array_agg(r.sequence), array_agg(r.kind), array_agg(r.version), array_agg(r.organisation_id),
      array_agg(r.payload), 'decided') AS appended
    FROM ${given.from('record', 'r')} CROSS JOIN moved HAVING count(*) > 0
  ), revised AS (
    INSERT INTO allocation_revision (bid_id, market_id, sequence, revision, from_slot, completion, plan)
    SELECT bid_id, moved.id, sequence, revision, from_slot, completion, plan FROM ${given.from('revised', 'v')} CROSS JOIN moved
  ), placed AS (
    INSERT INTO placement (bid_id, market_id, revision, slot, amount_micros)
    SELECT bid_id, moved.id, revision, slot, amount FROM ${given.from('placed', 'p')} CROSS JOIN moved
  ), ended AS (
    INSERT INTO allocation_end (bid_id, market_id, sequence, ending, slot)
    SELECT bid_id, moved.id, sequence, ending::ending, slot FROM ${given.from('ended', 'e')} CROSS JOIN moved
  ), settled AS (
    UPDATE market_window w SET settled_sequence = r.sequence
    FROM ${given.from('record', 'r')} CROSS JOIN moved WHERE r.kind = 'window_settled' AND w.id = (r.payload ->> 'windowId')::bigint
  ), sold AS (
    INSERT INTO slot_usage (market_id, slot, used_milli, capacity_milli)
    SELECT moved.id, slot, used::bigint[], capacity::bigint[] FROM ${given.from('used', 'u')} CROSS JOIN moved
    ON CONFLICT (market_id, slot) DO UPDATE SET used_milli = excluded.used_milli, capacity_milli = excluded.capacity_milli
  ), returned AS (
    INSERT INTO transfer (kind, debit_account_id, credit_account_id, amount_micros, market_id, bid_id, slot, sequence)
    SELECT t.kind::transfer_kind, d.id, c.id, t.amount, moved.id, t.bid_id, t.slot, t.sequence
    FROM ${given.from('moved', 't')} CROSS JOIN moved
    JOIN account d ON d.organisation_id = t.debtor AND d.kind = t.debit::account_kind
    JOIN account c ON c.organisation_id = t.creditor AND c.kind = t.credit::account_kind
    ORDER BY t.sequence
  ), wallets AS MATERIALIZED (
    SELECT a.id FROM account a WHERE a.kind = 'wallet' AND cardinality(${given.array('charged', 'bid_id')}) > 0
      AND a.organisation_id = ANY(${given.array('record', 'organisation_id')}) ORDER BY a.id FOR NO KEY UPDATE
  ), charged AS (
    INSERT INTO budget_entry (budget_id, period, market_id, sequence, bid_id, amount_micros)
    SELECT c.budget_id, c.period, moved.id, c.sequence, c.bid_id, c.amount
    FROM ${given.from('charged', 'c')} CROSS JOIN moved WHERE (SELECT count(*) FROM wallets) > 0 ORDER BY c.sequence, c.budget_id, c.period
  )
  SELECT told.appended FROM moved LEFT JOIN told ON true`;

/** Writes what became of those who were hit. @returns whether it was written. */
export async function recordHits(queryable: Queryable, { marketId, before, records, usage }: RepairCommit): Promise<boolean> {
  const revised = records.filter((record): record is Revised => record.revision !== undefined);
  const values = given.values({
    market: marketId,
    before,
    after: before + BigInt(records.length),
    record: records,
    revised,
    placed: revised.flatMap(({ bidId, revision: { revision, placements } }) =>
      placements.map((placement): Placed => ({ bidId, revision, ...placement })),
    ),
    ended: records.filter((record): record is Ended => record.ending !== undefined),
    used: usage,
    moved: records.flatMap(({ sequence, movements }) => movements.map((movement): Moved => ({ ...movement, sequence }))),
    charged: records.flatMap(({ sequence, bidId, charges = [] }) => charges.map((charge): Charged => ({ ...charge, sequence, bidId }))),
  });
  const { rows: written } = await queryable.query({ name: 'record-hits', text: RECORD_HITS, values });
  return written.length > 0;
}
