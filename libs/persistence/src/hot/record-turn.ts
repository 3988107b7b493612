import type { SlotPlan } from '#mechanism';
import { EVENT_TYPES, payloadJson } from '#log';
import { type DecidedBid, decisionEvent, type RecordOutcome, type TurnRecord } from '#market';
import { formatMicros, invariant } from '#units';
import { columnsOf, intArray, jsonArray } from './columns.js';
import type { Queryable } from './state.js';

/**
 * Which batches may be written; leases, markets and the payers' wallets are locked, each in the order of ids, as all do who lock them. `standing` has
 * the markets that are as their batches take them to be. `moved` has the same ones; or none, where a payer's funds are not what was seen, be it that
 * money of it has moved or that batches fall away that would have taken some, and a decision may depend on that. $1 to $7, the payers: $8 to $10.
 */
const GATE = `
  batch AS MATERIALIZED (
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[]) AS b(market_id, epoch, before, after, capacity)
  ), leases AS MATERIALIZED (
    SELECT l.market_id FROM market_lease l JOIN batch b ON l.market_id = b.market_id AND l.epoch = b.epoch
    WHERE l.owner = $6 ORDER BY l.market_id FOR UPDATE OF l
  ), standing AS MATERIALIZED (
    SELECT m.id FROM market m JOIN batch b ON m.id = b.market_id AND m.sequence = b.before JOIN leases l ON l.market_id = m.id
    ORDER BY m.id FOR NO KEY UPDATE OF m
  ), payers AS MATERIALIZED (
    SELECT a.organisation_id, a.balance_micros AS funds, p.spare + least(a.balance_micros - p.seen, 0) < 0
      AND (a.balance_micros <> p.seen OR (SELECT count(*) FROM standing) < cardinality($1::bigint[])) AS mattered
    FROM unnest($8::bigint[], $9::bigint[], $10::bigint[]) AS p(wallet, seen, spare) JOIN account a ON a.id = p.wallet
    WHERE EXISTS (SELECT FROM standing) ORDER BY a.id FOR NO KEY UPDATE OF a
  ), moved AS (
    UPDATE market m SET sequence = b.after FROM standing s JOIN batch b ON b.market_id = s.id
    WHERE m.id = s.id AND NOT EXISTS (SELECT FROM payers WHERE mattered) RETURNING m.id, m.sequence
  ), released AS (
    UPDATE market_lease l SET until = '-infinity' FROM moved WHERE l.market_id = moved.id AND $7
  )`;

/**
 * Decisions and entries: $11 to $25. The backlog rows go by the decisions' trigger.
 * @param funds what the bid's wallet held.
 */
const decisions = (funds: string): string => `
  d AS MATERIALIZED (
    SELECT d.*, b.epoch, ${funds} AS funds_now
    FROM ROWS FROM (
      unnest($11::bigint[], $12::bigint[], $13::bigint[], $14::text[], $15::int[], $16::bigint[], $17::bigint[], $18::int[], $19::bigint[],
        $20::bigint[], $21::bigint[], $22::text[], $23::smallint[]),
      json_array_elements($24::json), json_array_elements($25::json)
    ) WITH ORDINALITY AS d(market_id, bid_id, sequence, outcome, arrival_slot, price_version, funds, completion, value, payment, organisation_id,
      kind, version, reason, payload, place)
    JOIN moved ON moved.id = d.market_id JOIN batch b USING (market_id) LEFT JOIN payers p USING (organisation_id)
  ), decided AS (
    INSERT INTO decision (bid_id, market_id, sequence, epoch, outcome, arrival_slot, price_version, funds_micros, completion,
      value_micros, payment_micros, reason)
    SELECT bid_id, market_id, sequence, epoch, outcome::outcome, arrival_slot, price_version, funds_now, completion, value, payment,
      CASE outcome WHEN 'refused' THEN reason END FROM d
  ), told AS MATERIALIZED (
    SELECT append_entries(array_agg(market_id), array_agg(sequence), array_agg(kind), array_agg(version), array_agg(organisation_id),
      array_agg(payload), 'decided') AS appended FROM d HAVING count(*) > 0
  )`;

/** Of a payer: what is there now, less what its earlier bids of this turn take. */
const FUNDS_LEFT = `
  coalesce(p.funds - coalesce(sum(d.payment) OVER (PARTITION BY d.organisation_id ORDER BY d.place
    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)::bigint, d.funds)`;

/** What accepted bids got, what is sold of each slot that they touch, and what they hold: $26 to $45. */
const ALLOCATIONS = `
  allocated AS (
    INSERT INTO allocation (bid_id, market_id, payment_micros, lines)
    SELECT bid_id, market_id, payment, lines::jsonb
    FROM unnest($26::bigint[], $27::bigint[], $28::bigint[], $29::text[]) AS a(market_id, bid_id, payment, lines) JOIN moved ON moved.id = market_id
  ), placed AS (
    INSERT INTO placement (bid_id, market_id, slot, ps, workers, home, moves, amount_micros)
    SELECT bid_id, market_id, slot, ps, workers::int[], home::int[], moves::int[], amount
    FROM unnest($30::bigint[], $31::bigint[], $32::int[], $33::int[], $34::text[], $35::text[], $36::text[], $37::bigint[])
      AS p(market_id, bid_id, slot, ps, workers, home, moves, amount) JOIN moved ON moved.id = market_id
  ), sold AS (
    INSERT INTO slot_usage (market_id, slot, used_milli, capacity_milli)
    SELECT u.market_id, slot, used::bigint[], b.capacity::bigint[]
    FROM unnest($38::bigint[], $39::int[], $40::text[]) AS u(market_id, slot, used) JOIN moved ON moved.id = market_id JOIN batch b USING (market_id)
    ON CONFLICT (market_id, slot) DO UPDATE SET used_milli = excluded.used_milli, capacity_milli = excluded.capacity_milli
  ), held AS (
    INSERT INTO transfer (kind, debit_account_id, credit_account_id, amount_micros, market_id, bid_id)
    SELECT 'hold', wallet, escrow, amount, market_id, bid_id
    FROM unnest($41::bigint[], $42::bigint[], $43::bigint[], $44::bigint[], $45::bigint[]) AS h(market_id, wallet, escrow, amount, bid_id)
    JOIN moved ON moved.id = market_id
  )`;

const ENDING = `
  SELECT b.market_id, s.id IS NOT NULL AS stands, m.id IS NOT NULL AS moved, told.appended
  FROM batch b LEFT JOIN standing s ON s.id = b.market_id LEFT JOIN moved m ON m.id = b.market_id LEFT JOIN told ON true`;

/**
 * record-refusals: of the markets whose lease is the owner's and that stand where their batch began: writes the decisions and events of bids, moves
 * their sequence, announces them; of others nothing. One statement, its own transaction.
 * Input:  markets with epoch, sequence before, sequence after and capacity; owner, whether the leases end; payers (none); per decision a column each.
 * Output: per market: whether it stood there, whether its batch was written.
 * Events: bid_accepted or bid_refused, one per bid; one notification per market.
 * Retry:  safe: the sequences have moved once it was written.
 */
const RECORD_REFUSALS = `WITH ${GATE}, ${decisions('d.funds')} ${ENDING}`;

/**
 * record-decisions: the same for batches in which bids were accepted, with all that they got, where no payer's funds have moved by so much
 * that a decision may depend on it. Entries and balances follow by the ledger's trigger.
 * Input:  as above; per payer, per allocation, per slot of one, per slot of a market, per hold a column each. Output: as above.
 * Events: as above.
 * Retry:  as above; a second hold of a bid breaks a unique index, a check refuses what is oversold.
 */
const RECORD_DECISIONS = `WITH ${GATE}, ${decisions(FUNDS_LEFT)}, ${ALLOCATIONS} ${ENDING}`;

/** A decision with its market. */
type Placed<Bid extends DecidedBid> = Bid & { readonly marketId: bigint };
type AcceptedBid = Placed<DecidedBid> & { readonly decision: { readonly kind: 'accepted' } };

/** Writes the batches of a turn. @returns what came of each. */
export async function recordTurn(queryable: Queryable, turn: TurnRecord): Promise<RecordOutcome[]> {
  const bids = turn.batches.flatMap(({ marketId, decided }) => decided.map((bid) => ({ ...bid, marketId })));
  invariant(bids.length > 0, 'what is written holds a bid');
  const accepted = bids.filter(isAccepted);
  const values = [...gateColumns(turn), ...decisionColumns(bids)];
  const statement =
    accepted.length === 0
      ? { name: 'record-refusals', text: RECORD_REFUSALS, values }
      : { name: 'record-decisions', text: RECORD_DECISIONS, values: [...values, ...allocationColumns(turn, accepted)] };
  const { rows } = await queryable.query<OutcomeRow>(statement);
  const outcomes = new Map(rows.map((row) => [row.market_id, outcomeOf(row)]));
  return turn.batches.map(({ marketId }) => outcomes.get(marketId) ?? 'stale');
}

interface OutcomeRow {
  readonly market_id: bigint;
  readonly stands: boolean;
  readonly moved: boolean;
}

function outcomeOf({ stands, moved }: OutcomeRow): RecordOutcome {
  if (moved) return 'recorded';
  return stands ? 'funds_moved' : 'stale';
}

const isAccepted = (bid: Placed<DecidedBid>): bid is AcceptedBid => bid.decision.kind === 'accepted';

function gateColumns({ batches, payers, owner, lease }: TurnRecord): unknown[] {
  const markets = columnsOf(
    batches,
    ({ marketId }) => marketId,
    ({ epoch }) => epoch,
    ({ sequence, decided }) => sequence - BigInt(decided.length),
    ({ sequence }) => sequence,
    ({ capacityMilli }) => intArray(capacityMilli),
  );
  const funds = columnsOf(
    payers,
    ({ wallet }) => wallet.walletId,
    ({ wallet }) => wallet.fundsMicros,
    ({ spareMicros }) => spareMicros,
  );
  return [...markets, owner, lease === 'release', ...funds];
}

function decisionColumns(bids: readonly Placed<DecidedBid>[]): unknown[] {
  const columns = columnsOf(
    bids,
    (bid) => bid.marketId,
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
  const events = bids.map(decisionEvent);
  const types = columnsOf(
    events,
    ({ kind }) => kind,
    ({ kind }) => EVENT_TYPES[kind].version,
  );
  const payloads = events.map((event) => JSON.stringify(payloadJson(event)));
  return [...columns, ...types, jsonArray(bids.map(reasonText)), jsonArray(payloads)];
}

function allocationColumns({ batches }: TurnRecord, accepted: readonly AcceptedBid[]): unknown[] {
  const allocations = columnsOf(
    accepted,
    (bid) => bid.marketId,
    (bid) => bid.bidId,
    (bid) => bid.decision.payment,
    linesText,
  );
  const slots = columnsOf(
    batches.flatMap(({ marketId, usage }) => usage.map((slot) => ({ marketId, ...slot }))),
    ({ marketId }) => marketId,
    ({ slot }) => slot,
    ({ usedMilli }) => intArray(usedMilli),
  );
  return [...allocations, ...placementColumns(accepted), ...slots, ...holdColumns(accepted)];
}

function placementColumns(accepted: readonly AcceptedBid[]): unknown[][] {
  return columnsOf(
    accepted.flatMap((bid) => bid.decision.schedule.map((plan) => ({ bid, plan }))),
    ({ bid }) => bid.marketId,
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
    (bid) => bid.marketId,
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
