import { decisionEvent, type RecordOutcome, saleIn, type RoundCommit } from '#market';
import { invariant } from '#units';
import type { QueryConfig } from 'pg';
import type { Queryable } from './state.js';
import { budgeted, chargedOf, type Inputs, isSold, type PlacedBid, refusals, sales, type SoldBid, soldIn } from './turn-inputs.js';

/**
 * Which batches may be written; leases, markets and the payers' wallets are locked, each in the order of ids, as all do who lock them. `standing` has
 * the markets that are as their batches take them to be. `moved` has the same ones; or none, where a payer's budgets have changed, or its funds are not what was seen, be it that
 * money of it has moved or that batches fall away that would have taken some, and a decision may depend on that.
 */
const gate = (given: Inputs): string => `
  batch AS MATERIALIZED (
    SELECT * FROM ${given.from('batch', 'b')}
  ), leases AS MATERIALIZED (
    SELECT l.market_id FROM market_lease l JOIN batch b ON l.market_id = b.market_id AND l.epoch = b.epoch
    WHERE l.owner = ${given.value('owner')} ORDER BY l.market_id FOR UPDATE OF l
  ), standing AS MATERIALIZED (
    SELECT m.id FROM market m JOIN batch b ON m.id = b.market_id AND m.sequence = b.before JOIN leases l ON l.market_id = m.id
    ORDER BY m.id FOR NO KEY UPDATE OF m
  ), payers AS MATERIALIZED (
    SELECT a.organisation_id, a.balance_micros AS funds, a.budget_changes <> p.budget_changes OR p.spare + least(a.balance_micros - p.seen, 0) < 0
      AND (a.balance_micros <> p.seen OR (SELECT count(*) FROM standing) < cardinality(${given.array('batch', 'market_id')})) AS mattered
    FROM ${given.from('payer', 'p')} JOIN account a ON a.id = p.wallet
    WHERE EXISTS (SELECT FROM standing) ORDER BY a.id FOR NO KEY UPDATE OF a
  ), moved AS (
    UPDATE market m SET sequence = b.after FROM standing s JOIN batch b ON b.market_id = s.id
    WHERE m.id = s.id AND NOT EXISTS (SELECT FROM payers WHERE mattered) RETURNING m.id, m.sequence
  ), released AS (
    UPDATE market_lease l SET until = '-infinity' FROM moved WHERE l.market_id = moved.id AND ${given.value('is_released')}
  )`;

/**
 * Decisions and entries. The backlog rows go by the decisions' trigger.
 * @param funds what the bid's wallet held. @param budgets what budgets left to it, where any is told.
 */
const decisions = (given: Inputs, funds: string, budgets = 'NULL::json'): string => `
  d AS MATERIALIZED (
    SELECT d.*, b.epoch, ${funds} AS funds_now
    FROM ${given.from('decided', 'd', 'place')}
    JOIN moved ON moved.id = d.market_id JOIN batch b USING (market_id) LEFT JOIN payers p USING (organisation_id)
  ), decided AS (
    INSERT INTO decision (bid_id, market_id, sequence, epoch, outcome, arrival_slot, price_version, funds_micros, completion,
      value_micros, payment_micros, reason, budgets)
    SELECT bid_id, market_id, sequence, epoch, outcome::outcome, arrival_slot, price_version, funds_now, completion, value, payment,
      CASE outcome WHEN 'refused' THEN reason END, ${budgets} FROM d
  ), told AS MATERIALIZED (
    SELECT append_entries(array_agg(market_id), array_agg(sequence), array_agg(kind), array_agg(version), array_agg(organisation_id),
      array_agg(payload), 'decided') AS appended FROM d HAVING count(*) > 0
  )`;

/** Of a payer: what is there now, less what its earlier bids of this turn take. */
const FUNDS_LEFT = `
  coalesce(p.funds - coalesce(sum(d.payment) OVER (PARTITION BY d.organisation_id ORDER BY d.place
    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)::bigint, d.funds)`;

/** What accepted bids got, what is sold of each slot that they touch, and what they hold. */
const allocations = (given: typeof sales | typeof budgeted): string => `
  allocated AS (
    INSERT INTO allocation (bid_id, market_id, payment_micros, lines, kind, plan, continues, replaces)
    SELECT bid_id, market_id, payment, lines::jsonb, kind, plan, continues, replaces
    FROM ${given.from('allocated', 'a')} JOIN moved ON moved.id = market_id
  ), placed AS (
    INSERT INTO placement (bid_id, market_id, revision, slot, amount_micros)
    SELECT bid_id, market_id, 0, slot, amount
    FROM ${given.from('placed', 'p')} JOIN moved ON moved.id = market_id
  ), sold AS (
    INSERT INTO slot_usage (market_id, slot, used_milli, capacity_milli)
    SELECT u.market_id, slot, used::bigint[], coalesce(u.capacity, b.capacity)::bigint[]
    FROM ${given.from('used', 'u')} JOIN moved ON moved.id = market_id JOIN batch b USING (market_id)
    ON CONFLICT (market_id, slot) DO UPDATE SET used_milli = excluded.used_milli, capacity_milli = excluded.capacity_milli
  ), held AS (
    INSERT INTO transfer (kind, debit_account_id, credit_account_id, amount_micros, market_id, bid_id)
    SELECT kind::transfer_kind, debit, credit, amount, market_id, bid_id
    FROM ${given.from('held', 'h')} JOIN moved ON moved.id = market_id
  )`;

/** What budgets left to the bid of a decision, and what accepted bids take of them. */
const CAPS = `(SELECT c.caps FROM ${budgeted.from('capped', 'c')} WHERE c.bid_id = d.bid_id)`;
const CHARGES = `
  charged AS (
    INSERT INTO budget_entry (budget_id, period, market_id, sequence, bid_id, amount_micros)
    SELECT c.budget_id, c.period, c.market_id, c.sequence, c.bid_id, c.amount
    FROM ${budgeted.from('charged', 'c')} JOIN moved ON moved.id = c.market_id
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
const RECORD_REFUSALS = `WITH ${gate(refusals)}, ${decisions(refusals, 'd.funds')} ${ENDING}`;

/**
 * record-decisions: the same for batches in which bids were accepted, with all that they got, where no payer's funds have moved by so much
 * that a decision may depend on it. Entries and balances follow by the ledger's trigger.
 * Input:  as above; per payer, per allocation, per slot of one, per slot of a market, per hold a column each. Output: as above.
 * Events: as above.
 * Retry:  as above; a second hold of a bid breaks a unique index, a check refuses what is oversold.
 */
const RECORD_DECISIONS = `WITH ${gate(sales)}, ${decisions(sales, FUNDS_LEFT)}, ${allocations(sales)} ${ENDING}`;

/**
 * record-budgeted: the same where budgets count any of the bids: with what they left, and what is taken of them. Sums follow by a trigger.
 * Input:  as above; per bid that budgets count what they left; per charge a column each. Output: as above.
 * Events: as above; shares of budgets that are reached (trigger).
 * Retry:  as above.
 */
const RECORD_BUDGETED = `WITH ${gate(budgeted)}, ${decisions(budgeted, FUNDS_LEFT, CAPS)}, ${allocations(budgeted)}, ${CHARGES} ${ENDING}`;

/** Writes the batches of a turn. @returns what came of each. */
export async function recordTurn(queryable: Queryable, turn: RoundCommit): Promise<RecordOutcome[]> {
  const { batches, payers, owner, lease } = turn;
  const bids = batches.flatMap(({ marketId, decided }) =>
    decided.map((bid): PlacedBid => ({ ...bid, marketId, event: decisionEvent(bid), sale: saleIn(bid) })),
  );
  invariant(bids.length > 0, 'what is written holds a bid');
  const sold = bids.filter(isSold);
  const given = { batch: batches, owner, is_released: lease === 'release', payer: payers, decided: bids };
  const { rows: written } = await queryable.query<OutcomeRow>(statementFor(given, sold));
  const outcomes = new Map(written.map((row) => [row.market_id, outcomeOf(row)]));
  return batches.map(({ marketId }) => outcomes.get(marketId) ?? 'stale');
}

type Given = Parameters<typeof refusals.values>[0];

function statementFor(given: Given, sold: readonly SoldBid[]): QueryConfig {
  const capped = given.decided.filter(({ caps }) => caps !== undefined);
  if (capped.length > 0) {
    const values = { ...given, ...soldIn(given.batch, sold), capped, charged: sold.flatMap(chargedOf) };
    return { name: 'record-budgeted', text: RECORD_BUDGETED, values: budgeted.values(values) };
  }
  if (sold.length === 0) return { name: 'record-refusals', text: RECORD_REFUSALS, values: refusals.values(given) };
  return { name: 'record-decisions', text: RECORD_DECISIONS, values: sales.values({ ...given, ...soldIn(given.batch, sold) }) };
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
