import { type AnswerOf, eventTold, termsTold } from '#contracts';
import type { ExplainedPayment } from '#market';
import { formatMilli } from '#units';
import { formulaOf } from './formula.js';
import { lineTold, siteIdsTold } from './line-view.js';

type Answer = AnswerOf<'explainPayment'>;

/** Why a payment is what it is, as the API tells it. */
export function paymentView({ bidId, then: { state, at }, postedBy, lines, siteIds }: ExplainedPayment): Answer {
  const idOf = siteIdsTold(siteIds);
  return {
    bidId: bidId.toString(),
    marketId: state.head.marketId.toString(),
    priceVersion: state.head.sequence.toString(),
    at: at.toISOString(),
    prices: termsTold(state.terms).prices,
    postedBy: eventTold(postedBy),
    lines: lines.map((line) => ({
      ...lineTold(line, idOf),
      sold: formatMilli(line.usedMilli),
      capacity: formatMilli(line.capacityMilli),
      supply: formatMilli(line.supplyMilli),
      formula: formulaOf(state.terms.prices, line.resource, line),
    })),
  };
}
