import { type AnswerOf, optionTold, refusalTold } from '#contracts';
import type { BidRecord, DecisionRecord, QuoteOutcome } from '#market';
import { formatMicros } from '#units';
import { Reply } from '../http/reply.js';

type BidAnswer = AnswerOf<'getBid'>;
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

/** A quote as the API tells it; its id is its entity tag. */
export function quoteReply(
  { priceVersion, arrivalSlot, menu, best, refusal }: Extract<QuoteOutcome, { kind: 'quoted' }>,
  id: string,
): Reply<AnswerOf<'quoteBid'>> {
  const body = {
    id,
    arrivalSlot,
    priceVersion: priceVersion.toString(),
    menu: menu.map(({ completion, price }) => ({ completion, price: formatMicros(price) })),
    best: best && optionTold(best),
    ...(refusal ? { reason: refusalTold(refusal) } : {}),
  };
  return new Reply(body, undefined, { etag: `"${id}"` });
}
