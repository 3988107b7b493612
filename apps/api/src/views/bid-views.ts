import { type AnswerOf, optionTold, refusalTold } from '#contracts';
import type { AllocationRecord, BidRecord, DecisionRecord, QuoteOutcome } from '#market';
import { formatMicros, formatMilli, invariant } from '#units';
import type { BidBodies } from '../bidding/bid-bodies.js';

type BidAnswer = AnswerOf<'getBid'>;
type AllocationAnswer = AnswerOf<'getAllocation'>;
type Decision = NonNullable<BidAnswer['decision']>;

/** What a bid's decision makes of its status; queued where there is none. */
export const statusOf = (decision: DecisionRecord | null): BidAnswer['status'] => decision?.outcome ?? 'queued';

/** A bid as the API tells it. */
export function bidView(bid: BidRecord): BidAnswer {
  const { decision } = bid;
  return {
    id: bid.bidId.toString(),
    marketId: bid.marketId.toString(),
    organisationId: bid.organisationId.toString(),
    label: bid.label,
    status: statusOf(decision),
    receivedAt: bid.receivedAt.toISOString(),
    arrivalSlot: decision?.arrivalSlot ?? null,
    decision: decision && decisionView(decision),
    allocationId: decision?.outcome === 'accepted' ? bid.bidId.toString() : null,
  };
}

const decisionView = (decision: DecisionRecord): Decision => ({
  sequence: decision.sequence.toString(),
  priceVersion: decision.priceVersion.toString(),
  completion: decision.completion,
  value: decision.valueMicros === null ? null : formatMicros(decision.valueMicros),
  payment: formatMicros(decision.paymentMicros),
  reason: decision.reason && refusalTold(decision.reason),
  decidedAt: decision.decidedAt.toISOString(),
});

/** An allocation, its plan in the words of its kind. */
export function allocationView(allocation: AllocationRecord, bodies: Pick<BidBodies, 'planTold'>): AllocationAnswer {
  const idOf = (ordinal: number): string => {
    invariant(ordinal < allocation.siteIds.length, 'an allocation names sites of its market');
    return allocation.siteIds[ordinal].toString();
  };
  return {
    bidId: allocation.bidId.toString(),
    marketId: allocation.marketId.toString(),
    payment: formatMicros(allocation.paymentMicros),
    ...bodies.planTold(allocation, idOf),
    lines: allocation.lines.map((line) => ({
      slot: line.slot,
      siteId: line.site === null ? null : idOf(line.site),
      resource: line.resource,
      quantity: formatMilli(line.quantityMilli),
      unitPrice: formatMicros(BigInt(line.unitPrice)),
      amount: formatMicros(BigInt(line.amount)),
    })),
  };
}

/** A quote as the API tells it. */
export function quoteView(quoted: Extract<QuoteOutcome, { kind: 'quoted' }>): AnswerOf<'quoteBid'> {
  const { priceVersion, menu, best, refusal } = quoted;
  return {
    priceVersion: priceVersion.toString(),
    menu: menu.map(({ completion, price }) => ({ completion, price: formatMicros(price) })),
    best: best && optionTold(best),
    ...(refusal ? { reason: refusalTold(refusal) } : {}),
  };
}
