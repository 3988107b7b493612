import type { SlotPlan } from '#mechanism';
import type { BatchRecord, DecidedBid, RecordOutcome } from '#market';
import { formatMicros, invariant } from '#units';
import { columnsOf, intArray, jsonArray } from './columns.js';
import type { Queryable } from './state.js';

/**
 * Channel on which a market's log is announced: `<market>:<sequence>`, and `:decided` where a worker has decided bids, once per batch. A hint;
 * readers also poll.
 */
export const MARKET_CHANNEL = 'eris_market';

/**
 * Whether the batch may be written, and what its payers' funds have moved by; the market and the payers' wallets are locked, in id order,
 * as all do who lock accounts. `moved` has a row where all is as the batch takes it to be. $1 to $5, and the payers: $6 to $8.
 */
const GATE = `
  lease AS (
    SELECT FROM market_lease WHERE market_id = $1 AND epoch = $2 AND owner = $5 FOR UPDATE
  ), standing AS (
    SELECT id FROM market WHERE id = $1 AND sequence = $3 AND EXISTS (SELECT FROM lease) FOR NO KEY UPDATE
  ), payers AS (
    SELECT a.organisation_id, a.balance_micros - p.seen AS change, p.spare
    FROM unnest($6::bigint[], $7::bigint[], $8::bigint[]) AS p(wallet, seen, spare) JOIN account a ON a.id = p.wallet
    WHERE EXISTS (SELECT FROM standing) ORDER BY a.id FOR NO KEY UPDATE OF a
  ), moved AS (
    UPDATE market m SET sequence = $4 FROM standing s
    WHERE m.id = s.id AND NOT EXISTS (SELECT FROM payers WHERE change <> 0 AND spare + least(change, 0) < 0) RETURNING m.id
  )`;

/** Decisions, events and lease: $9 to $21. The backlog rows go by the decisions' trigger. */
const DECISIONS = `
  d AS (
    SELECT d.*, funds + coalesce(p.change, 0) AS funds_now
    FROM ROWS FROM (
      unnest($9::bigint[], $10::bigint[], $11::text[], $12::int[], $13::bigint[], $14::bigint[], $15::int[], $16::bigint[], $17::bigint[],
        $18::bigint[]),
      json_array_elements($19::json), json_array_elements($20::json)
    ) AS d(bid_id, sequence, outcome, arrival_slot, price_version, funds, completion, value, payment, organisation_id, reason, payload)
    CROSS JOIN moved LEFT JOIN payers p USING (organisation_id)
  ), decided AS (
    INSERT INTO decision (bid_id, market_id, sequence, epoch, outcome, arrival_slot, price_version, funds_micros, completion,
      value_micros, payment_micros, reason)
    SELECT bid_id, $1, sequence, $2::bigint, outcome::outcome, arrival_slot, price_version, funds_now, completion, value, payment,
      CASE outcome WHEN 'refused' THEN reason END FROM d
  ), told AS (
    INSERT INTO event (market_id, sequence, kind, organisation_id, payload)
    SELECT $1, sequence, 'bid_' || outcome, organisation_id, payload FROM d
  ), released AS (
    UPDATE market_lease l SET until = '-infinity' FROM moved WHERE l.market_id = $1 AND $21
  )`;

/** What accepted bids got, what is sold of each slot that they touch, and what they hold: $22 to $38. */
const ALLOCATIONS = `
  allocated AS (
    INSERT INTO allocation (bid_id, market_id, payment_micros, lines)
    SELECT bid_id, $1, payment, lines::jsonb FROM moved, unnest($22::bigint[], $23::bigint[], $24::text[]) AS a(bid_id, payment, lines)
  ), placed AS (
    INSERT INTO placement (bid_id, market_id, slot, ps, workers, home, moves, amount_micros)
    SELECT bid_id, $1, slot, ps, workers::int[], home::int[], moves::int[], amount
    FROM moved, unnest($25::bigint[], $26::int[], $27::int[], $28::text[], $29::text[], $30::text[], $31::bigint[])
      AS p(bid_id, slot, ps, workers, home, moves, amount)
  ), sold AS (
    INSERT INTO slot_usage (market_id, slot, used_milli, capacity_milli)
    SELECT $1, slot, used::bigint[], $34::bigint[] FROM moved, unnest($32::int[], $33::text[]) AS u(slot, used)
    ON CONFLICT (market_id, slot) DO UPDATE SET used_milli = excluded.used_milli, capacity_milli = excluded.capacity_milli
  ), held AS (
    INSERT INTO transfer (kind, debit_account_id, credit_account_id, amount_micros, market_id, bid_id)
    SELECT 'hold', wallet, escrow, amount, $1, bid_id
    FROM moved, unnest($35::bigint[], $36::bigint[], $37::bigint[], $38::bigint[]) AS h(wallet, escrow, amount, bid_id)
  )`;

const ENDING = `
  SELECT EXISTS (SELECT FROM standing) AS stands, EXISTS (SELECT FROM moved) AS moved,
    (SELECT pg_notify('${MARKET_CHANNEL}', $1::text || ':' || $4::text || ':decided') FROM moved)`;

/**
 * record-refusals: where the lease is the owner's and the market stands where the batch began: writes the decisions and events of bids,
 * moves the market's sequence, announces it; otherwise nothing. One statement, its own transaction.
 * Input:  market, epoch, sequence before, sequence after, owner, payers (none), per decision a column each, whether the lease ends.
 * Output: whether the market stood there, whether all was written.
 * Events: bid_accepted or bid_refused, one per bid; one notification.
 * Retry:  safe: the sequence has moved once it was written.
 */
const RECORD_REFUSALS = `WITH ${GATE}, ${DECISIONS} ${ENDING}`;

/**
 * record-decisions: the same for a batch in which bids were accepted, with all that they got, where no payer's funds have moved by so much
 * that a decision may depend on it. Entries and balances follow by the ledger's trigger.
 * Input:  as above; per payer, per allocation, per slot of one, per slot of the market, per hold a column each. Output: as above.
 * Events: as above.
 * Retry:  as above; a second hold of a bid breaks a unique index, a check refuses what is oversold.
 */
const RECORD_DECISIONS = `WITH ${GATE}, ${DECISIONS}, ${ALLOCATIONS} ${ENDING}`;

type AcceptedBid = DecidedBid & { readonly decision: { readonly kind: 'accepted' } };

/** Whose lease a batch is written by, and whether it ends with that. */
interface Hold {
  readonly owner: string;
  readonly lease: 'keep' | 'release';
}

/** Writes a batch, or nothing. */
export async function recordBatch(queryable: Queryable, batch: BatchRecord, hold: Hold): Promise<RecordOutcome> {
  invariant(batch.decided.length > 0, 'a batch holds a bid');
  const accepted = batch.decided.filter(isAccepted);
  const values = [...gateColumns(batch, hold), ...decisionColumns(batch), hold.lease === 'release'];
  const statement =
    accepted.length === 0
      ? { name: 'record-refusals', text: RECORD_REFUSALS, values }
      : { name: 'record-decisions', text: RECORD_DECISIONS, values: [...values, ...allocationColumns(batch, accepted)] };
  const { rows } = await queryable.query<{ stands: boolean; moved: boolean }>(statement);
  const [{ stands, moved }] = rows;
  if (moved) return 'recorded';
  return stands ? 'funds_moved' : 'stale';
}

const isAccepted = (bid: DecidedBid): bid is AcceptedBid => bid.decision.kind === 'accepted';

function gateColumns({ marketId, epoch, sequence, decided, payers }: BatchRecord, { owner }: Hold): unknown[] {
  const columns = columnsOf(
    payers,
    ({ wallet }) => wallet.walletId,
    ({ wallet }) => wallet.fundsMicros,
    ({ spareMicros }) => spareMicros,
  );
  return [marketId, epoch, sequence - BigInt(decided.length), sequence, owner, ...columns];
}

function decisionColumns({ decided }: BatchRecord): unknown[] {
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
    (bid) => bid.wallet.organisationId,
  );
  return [...columns, jsonArray(decided.map(reasonText)), jsonArray(decided.map(payloadText))];
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

/** JSON with every amount as a decimal of credits, as the API writes it; null where nothing was refused. */
const reasonText = ({ decision }: DecidedBid): string =>
  decision.kind === 'refused'
    ? JSON.stringify(decision.refusal, (_, value: unknown) => (typeof value === 'bigint' ? formatMicros(value) : value))
    : 'null';

function payloadText({ bidId, decision }: DecidedBid): string {
  const common = { bidId: bidId.toString(), outcome: decision.kind };
  if (decision.kind === 'refused') return JSON.stringify({ ...common, reason: decision.refusal.code });
  return JSON.stringify({ ...common, completion: decision.completion, payment: formatMicros(decision.payment) });
}
