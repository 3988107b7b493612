import type { Refusal, SlotPlan } from '#mechanism';
import type { BatchRecord, DecidedBid } from '#market';
import { formatMicros, invariant } from '#units';
import type { PoolClient } from 'pg';
import { columnsOf, intArray } from './columns.js';

/** Channel on which a market's log is announced: `<market>:<sequence>`, once per batch. A hint; readers also poll. */
export const MARKET_CHANNEL = 'eris_market';

/** Decisions, events, sequence and lease: $1 to $17. The backlog rows go by the decisions' trigger. */
const DECISIONS = `
  d AS (
    SELECT * FROM unnest($5::bigint[], $6::bigint[], $7::text[], $8::int[], $9::bigint[], $10::bigint[], $11::int[], $12::bigint[],
      $13::bigint[], $14::text[], $15::bigint[], $16::text[])
      AS d(bid_id, sequence, outcome, arrival_slot, price_version, funds, completion, value, payment, reason, organisation_id, payload)
  ), decided AS (
    INSERT INTO decision (bid_id, market_id, sequence, epoch, outcome, arrival_slot, price_version, funds_micros, completion,
      value_micros, payment_micros, reason)
    SELECT bid_id, $1, sequence, $2::bigint, outcome::outcome, arrival_slot, price_version, funds, completion, value, payment, reason::json FROM d
  ), told AS (
    INSERT INTO event (market_id, sequence, kind, organisation_id, payload)
    SELECT $1, sequence, 'bid_' || outcome, organisation_id, payload::json FROM d
  ), moved AS (
    UPDATE market SET sequence = $4 WHERE id = $1 AND sequence = $3 RETURNING id
  ), released AS (
    UPDATE market_lease SET until = '-infinity' WHERE market_id = $1 AND $17
  )`;

/** What accepted bids got, what is sold of each slot that they touch, and what they hold: $18 to $34. */
const ALLOCATIONS = `
  allocated AS (
    INSERT INTO allocation (bid_id, market_id, payment_micros, lines)
    SELECT bid_id, $1, payment, lines::jsonb FROM unnest($18::bigint[], $19::bigint[], $20::text[]) AS a(bid_id, payment, lines)
  ), placed AS (
    INSERT INTO placement (bid_id, market_id, slot, ps, workers, home, moves, amount_micros)
    SELECT bid_id, $1, slot, ps, workers::int[], home::int[], moves::int[], amount
    FROM unnest($21::bigint[], $22::int[], $23::int[], $24::text[], $25::text[], $26::text[], $27::bigint[])
      AS p(bid_id, slot, ps, workers, home, moves, amount)
  ), sold AS (
    INSERT INTO slot_usage (market_id, slot, used_milli, capacity_milli)
    SELECT $1, slot, used::bigint[], $30::bigint[] FROM unnest($28::int[], $29::text[]) AS u(slot, used)
    ON CONFLICT (market_id, slot) DO UPDATE SET used_milli = excluded.used_milli, capacity_milli = excluded.capacity_milli
  ), held AS (
    INSERT INTO transfer (kind, debit_account_id, credit_account_id, amount_micros, market_id, bid_id)
    SELECT 'hold', wallet, escrow, amount, $1, bid_id
    FROM unnest($31::bigint[], $32::bigint[], $33::bigint[], $34::bigint[]) AS h(wallet, escrow, amount, bid_id)
  )`;

const ENDING = `
  SELECT (SELECT count(*) FROM moved)::int AS moved, pg_notify('${MARKET_CHANNEL}', $1::text || ':' || $4::text)`;

/**
 * record-refusals: writes the decisions and events of bids, moves the market's sequence, announces it.
 * Input:  market, epoch, sequence before, sequence after, per decision a column each, whether the lease ends. Output: how many markets moved.
 * Events: bid_accepted or bid_refused, one per bid; one notification.
 * Retry:  only as part of its transaction: a second decision of a bid breaks the primary key, one of a bid outside the backlog is refused.
 */
const RECORD_REFUSALS = `WITH ${DECISIONS} ${ENDING}`;

/**
 * record-decisions: the same for a batch in which bids were accepted, with all that they got, in the same round trip: wallets are locked by
 * then. Entries and balances follow by the ledger's trigger.
 * Input:  as above; per allocation, per slot of one, per slot of the market, per hold a column each. Output: as above.
 * Events: as above.
 * Retry:  only as part of its transaction: a second hold of a bid breaks a unique index, a check refuses what is oversold.
 */
const RECORD_DECISIONS = `WITH ${DECISIONS}, ${ALLOCATIONS} ${ENDING}`;

type AcceptedBid = DecidedBid & { readonly decision: { readonly kind: 'accepted' } };

/** Writes a batch within the caller's transaction. */
export async function recordBatch(client: PoolClient, batch: BatchRecord, lease: 'keep' | 'release'): Promise<void> {
  invariant(batch.decided.length > 0, 'a batch holds a bid');
  const accepted = batch.decided.filter(isAccepted);
  const statement =
    accepted.length === 0
      ? { name: 'record-refusals', text: RECORD_REFUSALS, values: decisionColumns(batch, lease) }
      : {
          name: 'record-decisions',
          text: RECORD_DECISIONS,
          values: [...decisionColumns(batch, lease), ...allocationColumns(batch, accepted)],
        };
  const { rows } = await client.query<{ moved: number }>(statement);
  invariant(rows[0].moved === 1, 'the market stood where the batch began');
}

const isAccepted = (bid: DecidedBid): bid is AcceptedBid => bid.decision.kind === 'accepted';

function decisionColumns({ marketId, epoch, sequence, decided }: BatchRecord, lease: 'keep' | 'release'): unknown[] {
  const columns = columnsOf(
    decided,
    (bid) => bid.bidId,
    (bid) => bid.sequence,
    (bid) => bid.decision.kind,
    (bid) => bid.arrivalSlot,
    (bid) => bid.priceVersion,
    (bid) => bid.fundsMicros,
    (bid) => (isAccepted(bid) ? bid.decision.completion : null),
    (bid) => (isAccepted(bid) ? bid.decision.value : null),
    (bid) => (isAccepted(bid) ? bid.decision.payment : 0n),
    (bid) => (bid.decision.kind === 'refused' ? reasonText(bid.decision.refusal) : null),
    (bid) => bid.wallet.organisationId,
    payloadText,
  );
  return [marketId, epoch, sequence - BigInt(decided.length), sequence, ...columns, lease === 'release'];
}

function allocationColumns({ usage, capacityMilli }: BatchRecord, accepted: readonly AcceptedBid[]): unknown[] {
  const allocations = columnsOf(
    accepted,
    (bid) => bid.bidId,
    (bid) => bid.decision.payment,
    linesText,
  );
  const slots = columnsOf(
    usage,
    (slot) => slot.slot,
    (slot) => intArray(slot.usedMilli),
  );
  return [...allocations, ...placementColumns(accepted), ...slots, intArray(capacityMilli), ...holdColumns(accepted)];
}

function placementColumns(accepted: readonly AcceptedBid[]): unknown[][] {
  return columnsOf(
    accepted.flatMap((bid) => bid.decision.schedule.map((plan) => ({ bid, plan }))),
    ({ bid }) => bid.bidId,
    ({ plan }) => plan.slot,
    ({ plan }) => plan.ps,
    ({ plan }) => intArray(plan.workers),
    ({ plan }) => intArray(plan.home),
    ({ plan }) => intArray(plan.moves.flatMap((move) => [move.home, move.place, move.chunks])),
    ({ bid, plan }) => slotAmount(bid, plan),
  );
}

/** Nothing is held of a bid that pays nothing. */
function holdColumns(accepted: readonly AcceptedBid[]): unknown[][] {
  return columnsOf(
    accepted.filter((bid) => bid.decision.payment > 0n),
    (bid) => bid.wallet.walletId,
    (bid) => bid.wallet.escrowId,
    (bid) => bid.decision.payment,
    (bid) => bid.bidId,
  );
}

const slotAmount = ({ decision }: AcceptedBid, plan: SlotPlan): bigint =>
  decision.lines.reduce((sum, line) => (line.slot === plan.slot ? sum + line.amount : sum), 0n);

/** JSON with every bigint as text: micro-credits. */
const linesText = ({ decision }: AcceptedBid): string =>
  JSON.stringify(decision.lines, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));

/** JSON with every amount as a decimal of credits, as the API writes it. */
const reasonText = (refusal: Refusal): string =>
  JSON.stringify(refusal, (_, value: unknown) => (typeof value === 'bigint' ? formatMicros(value) : value));

function payloadText({ bidId, decision }: DecidedBid): string {
  const common = { bidId: bidId.toString(), outcome: decision.kind };
  if (decision.kind === 'refused') return JSON.stringify({ ...common, reason: decision.refusal.code });
  return JSON.stringify({ ...common, completion: decision.completion, payment: formatMicros(decision.payment) });
}
