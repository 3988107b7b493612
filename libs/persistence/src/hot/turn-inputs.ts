import { holdOf, type Sale, slotAmount, type Transfer, transferOf } from '#ledger';
import { budgetCaps, EVENT_TYPES, type LogEvent, payloadJson, refusal } from '#log';
import { type BatchRecord, type BudgetCharge, chargesOf, type DecidedBid, type Payer } from '#market';
import { intArray } from './columns.js';
import { rows, statementInputs, value } from './inputs.js';

/** A decision with its market, the entry of the log that tells of it, and what was bought. */
export interface PlacedBid extends DecidedBid {
  readonly marketId: bigint;
  readonly event: LogEvent;
  readonly sale: Sale | undefined;
}
/** One that was accepted. */
export type SoldBid = PlacedBid & { readonly decision: { readonly kind: 'accepted' }; readonly sale: Sale };

/** A slot of an accepted bid. */
interface SoldSlot {
  readonly bid: SoldBid;
  readonly slot: number;
}

/** A slot of a market with all that is sold of it. */
interface UsedSlot {
  readonly marketId: bigint;
  readonly slot: number;
  readonly usedMilli: readonly number[];
  readonly capacityMilli?: readonly number[];
}

/** What an accepted bid takes of a budget. */
type ChargedBid = BudgetCharge & Pick<SoldBid, 'marketId' | 'sequence' | 'bidId'>;

/** What every batch gives the statement: its market, whose wallets pay, and what was decided. */
const DECIDED = {
  batch: rows<BatchRecord>({
    market_id: ['bigint', ({ marketId }) => marketId],
    epoch: ['bigint', ({ epoch }) => epoch],
    before: ['bigint', ({ sequence, decided }) => sequence - BigInt(decided.length)],
    after: ['bigint', ({ sequence }) => sequence],
    capacity: ['text', ({ capacityMilli }) => intArray(capacityMilli)],
  }),
  owner: value('text'),
  is_released: value('boolean'),
  payer: rows<Payer>({
    wallet: ['bigint', ({ wallet }) => wallet.walletId],
    seen: ['bigint', ({ wallet }) => wallet.fundsMicros],
    spare: ['bigint', ({ slackMicros }) => slackMicros],
    budget_changes: ['bigint', ({ wallet }) => wallet.budgetChanges ?? 0n],
  }),
  decided: rows<PlacedBid>({
    market_id: ['bigint', (bid) => bid.marketId],
    bid_id: ['bigint', (bid) => bid.bidId],
    sequence: ['bigint', (bid) => bid.sequence],
    outcome: ['text', (bid) => bid.decision.kind],
    arrival_slot: ['int', (bid) => bid.arrivalSlot],
    price_version: ['bigint', (bid) => bid.priceVersion],
    funds: ['bigint', (bid) => bid.fundsMicros],
    completion: ['int', (bid) => (isSold(bid) ? bid.decision.completion : null)],
    value: ['bigint', (bid) => (isSold(bid) ? bid.decision.value : null)],
    payment: ['bigint', (bid) => (isSold(bid) ? bid.decision.payment : 0n)],
    organisation_id: ['bigint', (bid) => bid.wallet.organisationId],
    kind: ['text', ({ event }) => event.kind],
    version: ['smallint', ({ event }) => EVENT_TYPES[event.kind].version],
    reason: ['json', reasonText],
    payload: ['json', ({ event }) => JSON.stringify(payloadJson(event))],
  }),
};

/** What accepted bids give it beside that. */
const SOLD = {
  ...DECIDED,
  allocated: rows<SoldBid>({
    market_id: ['bigint', (bid) => bid.marketId],
    bid_id: ['bigint', (bid) => bid.bidId],
    payment: ['bigint', (bid) => bid.decision.payment],
    lines: ['text', linesText],
    kind: ['text', ({ kind }) => kind],
    plan: ['json', ({ decision }) => JSON.stringify(decision.plan)],
    continues: ['bigint', ({ links }) => links?.continues ?? null],
    replaces: ['bigint', ({ links }) => links?.replaces ?? null],
  }),
  placed: rows<SoldSlot>({
    market_id: ['bigint', ({ bid }) => bid.marketId],
    bid_id: ['bigint', ({ bid }) => bid.bidId],
    slot: ['int', ({ slot }) => slot],
    amount: ['bigint', ({ bid, slot }) => slotAmount(bid.sale, slot)],
  }),
  used: rows<UsedSlot>({
    market_id: ['bigint', ({ marketId }) => marketId],
    slot: ['int', ({ slot }) => slot],
    used: ['text', ({ usedMilli }) => intArray(usedMilli)],
    capacity: ['text', ({ capacityMilli }) => (capacityMilli ? intArray(capacityMilli) : null)],
  }),
  held: rows<Transfer & { readonly marketId: bigint; readonly bidId: bigint }>({
    market_id: ['bigint', ({ marketId }) => marketId],
    kind: ['text', ({ kind }) => kind],
    debit: ['bigint', ({ debitId }) => debitId],
    credit: ['bigint', ({ creditId }) => creditId],
    amount: ['bigint', ({ amount }) => amount],
    bid_id: ['bigint', ({ bidId }) => bidId],
  }),
};

/** What bids that budgets count give it beside that. */
const BUDGETED = {
  ...SOLD,
  capped: rows<PlacedBid>({
    bid_id: ['bigint', (bid) => bid.bidId],
    caps: ['json', ({ caps = [] }) => JSON.stringify(budgetCaps.write(caps))],
  }),
  charged: rows<ChargedBid>({
    market_id: ['bigint', ({ marketId }) => marketId],
    sequence: ['bigint', ({ sequence }) => sequence],
    bid_id: ['bigint', ({ bidId }) => bidId],
    budget_id: ['bigint', ({ budgetId }) => budgetId],
    period: ['int', ({ period }) => period],
    amount: ['bigint', ({ amountMicros }) => amountMicros],
  }),
};

/** Inputs where no bid is accepted. */
export const refusals = statementInputs(DECIDED);
/** Where some are. */
export const sales = statementInputs(SOLD);
/** Where budgets count any. */
export const budgeted = statementInputs(BUDGETED);
/** Those of any of the statements. */
export type Inputs = typeof refusals | typeof sales | typeof budgeted;

/** What accepted bids take of budgets. */
export const chargedOf = ({ marketId, sequence, bidId, caps = [], decision }: SoldBid): ChargedBid[] =>
  chargesOf(caps, decision.lines).map((charge) => ({ ...charge, marketId, sequence, bidId }));

/** Whether a bid was accepted. */
export function isSold(bid: PlacedBid): bid is SoldBid {
  return bid.sale !== undefined;
}

/** What accepted bids give the statement. */
export function soldIn(batches: readonly BatchRecord[], sold: readonly SoldBid[]) {
  return {
    allocated: sold,
    placed: sold.flatMap((bid) => bid.decision.footprint.map(({ slot }): SoldSlot => ({ bid, slot }))),
    used: batches.flatMap(({ marketId, usage }) => usage.map((slot): UsedSlot => ({ marketId, ...slot }))),
    held: sold.flatMap(heldOf),
  };
}

/** What is held of an accepted bid, between its bidder's wallet and escrow. */
function heldOf({ marketId, bidId, sale, wallet }: SoldBid) {
  const held = holdOf(sale);
  return held ? [{ ...transferOf(held, (_, kind) => (kind === 'wallet' ? wallet.walletId : wallet.escrowId)), marketId, bidId }] : [];
}

/** JSON with every amount as text, micro-credits; a replacer would be called for each of some hundred values of a bid. */
function linesText({ decision }: SoldBid): string {
  return JSON.stringify(decision.lines.map((line) => ({ ...line, unitPrice: line.unitPrice.toString(), amount: line.amount.toString() })));
}

/** Why a bid was refused; null where it was not. */
function reasonText({ decision }: DecidedBid): string {
  if (decision.kind !== 'refused') return 'null';
  return JSON.stringify(refusal.write(decision.refusal));
}
