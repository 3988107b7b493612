import { type AnswerOf, optionTold, refusalTold } from '#contracts';
import type { BidRecord, DecisionRecord, QuoteOutcome, ToldBudget } from '#market';
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
  { priceVersion, arrivalSlot, menu, best, refusal, beyond }: Extract<QuoteOutcome, { kind: 'quoted' }>,
  id: string,
): Reply<AnswerOf<'quoteBid'>> {
  const body = {
    id,
    arrivalSlot,
    priceVersion: priceVersion.toString(),
    menu: menu.map(({ completion, price }) => ({ completion, price: formatMicros(price) })),
    best: best && optionTold(best),
    ...(beyond && { beyondBudget: beyondView(beyond) }),
    ...(refusal ? { reason: refusalTold(refusal) } : {}),
  };
  return new Reply(body, undefined, { etag: `"${id}"` });
}

type Beyond = NonNullable<Extract<QuoteOutcome, { kind: 'quoted' }>['beyond']>;

const beyondView = ({ completion, price, takes, budget }: Beyond): NonNullable<AnswerOf<'quoteBid'>['beyondBudget']> => ({
  completion,
  price: formatMicros(price),
  takes: formatMicros(takes),
  budget: budgetLeftView(budget),
});

/** A budget with what it has left of a period, as the API tells it. */
export const budgetLeftView = ({ left, name, period, from, to }: ToldBudget) => ({ name, period, from, to, left: formatMicros(left) });
