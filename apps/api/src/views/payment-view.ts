import { type AnswerOf, eventTold, termsTold } from '#contracts';
import type { ExplainedPayment, PricedLine } from '#market';
import type { PriceRule } from '#mechanism';
import { formatMicros, formatMilli, invariant } from '#units';

type Answer = AnswerOf<'explainPayment'>;

/** Why a payment is what it is, as the API tells it. */
export function paymentView({ bidId, then: { state, at }, postedBy, lines, siteIds }: ExplainedPayment): Answer {
  const idOf = (ordinal: number): string => {
    const siteId = siteIds[ordinal];
    invariant(siteId !== undefined, 'an allocation names sites of its market');
    return siteId.toString();
  };
  return {
    bidId: bidId.toString(),
    marketId: state.head.marketId.toString(),
    priceVersion: state.head.sequence.toString(),
    at: at.toISOString(),
    prices: termsTold(state.terms).prices,
    postedBy: eventTold(postedBy),
    lines: lines.map((line) => ({
      slot: line.slot,
      siteId: line.site === null ? null : idOf(line.site),
      resource: line.resource,
      quantity: formatMilli(line.quantityMilli),
      unitPrice: formatMicros(BigInt(line.unitPrice)),
      amount: formatMicros(BigInt(line.amount)),
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
