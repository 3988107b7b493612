import { type AnswerOf, eventTold, termsTold } from '#contracts';
import type { ExplainedPayment, PricedLine } from '#market';
import type { PriceRule } from '#mechanism';
import { formatMicros, formatMilli } from '#units';
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
      formula: formulaOf(state.terms.prices, line),
    })),
  };
}

/** The rule with the line's numbers in it. */
function formulaOf(rule: PriceRule, { resource, usedMilli, capacityMilli, supplyMilli }: PricedLine): string {
  if (rule.kind === 'paper') {
    const share = `${formatMilli(usedMilli)} / ${formatMilli(capacityMilli)}`;
    return `${formatMicros(rule.unit)} * (${rule.gamma[resource] ?? 1} ^ (${share}) - 1) + ${formatMicros(rule.reserve)}`;
  }
  const level = (rule.kind === 'flat' ? rule.levels[resource] : undefined) ?? rule.level;
  return supplyMilli === 0 ? formatMicros(level) : `${formatMicros(level)} / ${formatMilli(supplyMilli)}`;
}
