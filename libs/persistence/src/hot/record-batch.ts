import type { Refusal, SlotPlan } from '#mechanism';
import type { BatchRecord, DecidedBid } from '#market';
import { formatMicros, invariant } from '#units';
import type { PoolClient } from 'pg';
import { columnsOf, intArray } from './columns.js';

/** Channel on which a market's log is announced: `<market>:<sequence>`, once per batch. A hint; readers also poll. */
export const MARKET_CHANNEL = 'eris_market';

/**
 * record-decisions: takes bids out of the backlog, writes their decisions and events, moves the market's sequence, announces it.
 * Input:  market, epoch, sequence before, sequence after, and per decision a column each. Output: how many left the backlog, how many markets moved.
 * Events: bid_accepted or bid_refused, one per bid; one notification.
 * Retry:  only as part of its transaction: a second decision of a bid breaks the primary key.
 */
const RECORD_DECISIONS = `
  WITH d AS (
    SELECT * FROM unnest($5::bigint[], $6::bigint[], $7::text[], $8::int[], $9::bigint[], $10::bigint[], $11::int[], $12::bigint[],
      $13::bigint[], $14::text[], $15::bigint[], $16::text[])
      AS d(bid_id, sequence, outcome, arrival_slot, price_version, funds, completion, value, payment, reason, organisation_id, payload)
  ), gone AS (
    DELETE FROM undecided_bid u USING d WHERE u.market_id = $1 AND u.bid_id = d.bid_id RETURNING u.bid_id
  ), decided AS (
    INSERT INTO decision (bid_id, market_id, sequence, epoch, outcome, arrival_slot, price_version, funds_micros, completion,
      value_micros, payment_micros, reason)
    SELECT bid_id, $1, sequence, $2::bigint, outcome::outcome, arrival_slot, price_version, funds, completion, value, payment, reason::jsonb FROM d
  ), told AS (
    INSERT INTO event (market_id, sequence, kind, organisation_id, payload)
    SELECT $1, sequence, 'bid_' || outcome, organisation_id, payload::jsonb FROM d
  ), moved AS (
    UPDATE market SET sequence = $4 WHERE id = $1 AND sequence = $3 RETURNING id
  )
  SELECT (SELECT count(*) FROM gone)::int AS gone, (SELECT count(*) FROM moved)::int AS moved,
    pg_notify('${MARKET_CHANNEL}', $1::text || ':' || $4::text)`;

/**
 * record-allocations: what accepted bids got: payment lines and slots.
 * Input:  market; per allocation bid, payment, lines; per slot of it a column each. Output: none.
 * Events: none of its own.
 * Retry:  only as part of its transaction.
 */
const RECORD_ALLOCATIONS = `
  WITH allocated AS (
    INSERT INTO allocation (bid_id, market_id, payment_micros, lines)
    SELECT bid_id, $1, payment, lines::jsonb FROM unnest($2::bigint[], $3::bigint[], $4::text[]) AS a(bid_id, payment, lines)
  )
  INSERT INTO placement (bid_id, market_id, slot, ps, workers, home, moves, amount_micros)
  SELECT bid_id, $1, slot, ps, workers::int[], home::int[], moves::int[], amount
  FROM unnest($5::bigint[], $6::int[], $7::int[], $8::text[], $9::text[], $10::text[], $11::bigint[])
    AS p(bid_id, slot, ps, workers, home, moves, amount)`;

/**
 * record-usage: what is sold of each slot that the batch touched.
 * Input:  market, capacity, slots, usage. Output: none.
 * Events: none of its own.
 * Retry:  safe within its transaction; a check refuses what is oversold.
 */
const RECORD_USAGE = `
  INSERT INTO slot_usage (market_id, slot, used_milli, capacity_milli)
  SELECT $1, slot, used::bigint[], $2::bigint[] FROM unnest($3::int[], $4::text[]) AS u(slot, used)
  ON CONFLICT (market_id, slot) DO UPDATE SET used_milli = excluded.used_milli, capacity_milli = excluded.capacity_milli`;

/**
 * record-holds: moves payments from wallets to escrows; entries and balances follow by the ledger's trigger.
 * Input:  market; wallets, escrows, amounts, bids. Output: none.
 * Events: none of its own.
 * Retry:  only as part of its transaction: a second hold of a bid breaks a unique index.
 */
const RECORD_HOLDS = `
  INSERT INTO transfer (kind, debit_account_id, credit_account_id, amount_micros, market_id, bid_id)
  SELECT 'hold', wallet, escrow, amount, $1, bid_id
  FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[]) AS h(wallet, escrow, amount, bid_id)`;

type AcceptedBid = DecidedBid & { readonly decision: { readonly kind: 'accepted' } };

/** Writes a batch within the caller's transaction. */
export async function recordBatch(client: PoolClient, batch: BatchRecord): Promise<void> {
  invariant(batch.decided.length > 0, 'a batch holds a bid');
  await recordDecisions(client, batch);
  const accepted = batch.decided.filter(isAccepted);
  if (accepted.length === 0) return;
  await recordAllocations(client, batch.marketId, accepted);
  const usage = columnsOf(
    batch.usage,
    (slot) => slot.slot,
    (slot) => intArray(slot.usedMilli),
  );
  await client.query({ name: 'record-usage', text: RECORD_USAGE, values: [batch.marketId, intArray(batch.capacityMilli), ...usage] });
  await recordHolds(
    client,
    batch.marketId,
    accepted.filter((bid) => bid.decision.payment > 0n),
  );
}

const isAccepted = (bid: DecidedBid): bid is AcceptedBid => bid.decision.kind === 'accepted';

async function recordDecisions(client: PoolClient, batch: BatchRecord): Promise<void> {
  const { marketId, epoch, sequence, decided } = batch;
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
  const values = [marketId, epoch, sequence - BigInt(decided.length), sequence, ...columns];
  const { rows } = await client.query<{ gone: number; moved: number }>({ name: 'record-decisions', text: RECORD_DECISIONS, values });
  invariant(rows[0].gone === decided.length, 'every bid that is decided was undecided');
  invariant(rows[0].moved === 1, 'the market stood where the batch began');
}

async function recordAllocations(client: PoolClient, marketId: bigint, accepted: readonly AcceptedBid[]): Promise<void> {
  const allocations = columnsOf(
    accepted,
    (bid) => bid.bidId,
    (bid) => bid.decision.payment,
    linesText,
  );
  const placed = accepted.flatMap((bid) => bid.decision.schedule.map((plan) => ({ bid, plan })));
  const placements = columnsOf(
    placed,
    ({ bid }) => bid.bidId,
    ({ plan }) => plan.slot,
    ({ plan }) => plan.ps,
    ({ plan }) => intArray(plan.workers),
    ({ plan }) => intArray(plan.home),
    ({ plan }) => intArray(plan.moves.flatMap((move) => [move.home, move.place, move.chunks])),
    ({ bid, plan }) => slotAmount(bid, plan),
  );
  await client.query({ name: 'record-allocations', text: RECORD_ALLOCATIONS, values: [marketId, ...allocations, ...placements] });
}

async function recordHolds(client: PoolClient, marketId: bigint, paying: readonly AcceptedBid[]): Promise<void> {
  if (paying.length === 0) return;
  const columns = columnsOf(
    paying,
    (bid) => bid.wallet.walletId,
    (bid) => bid.wallet.escrowId,
    (bid) => bid.decision.payment,
    (bid) => bid.bidId,
  );
  await client.query({ name: 'record-holds', text: RECORD_HOLDS, values: [marketId, ...columns] });
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
