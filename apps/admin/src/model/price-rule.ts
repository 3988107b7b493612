import type { AnswerOf } from '#sdk';

/** How a market posts prices, as the API tells it. */
export type PriceRule = AnswerOf<'getMarket'>['prices'];

/** A point of a price curve: what a unit costs in a slot where so much of it is sold. */
export interface CurvePoint {
  /** Of what the resource has, 0 to 1. */
  readonly share: number;
  /** Credits. */
  readonly price: number;
}

const POINTS = 60;

/** What a unit costs where this share of it is sold: for charts, in doubles. The exact prices are the market's. @param capacity of the whole market, for the flat rule */
export function priceAt(
  rule: PriceRule,
  resource: string,
  { share, capacity }: { readonly share: number; readonly capacity: number },
): number {
  if (rule.kind === 'paper') return Number(rule.unit) * ((rule.gamma[resource] ?? 1) ** share - 1) + Number(rule.reserve);
  const level = Number(levelOf(rule, resource));
  return capacity > 0 ? level / capacity : 0;
}

/** What all of a resource costs for a slot, where prices go by share. */
const levelOf = (rule: Exclude<PriceRule, { kind: 'paper' }>, resource: string): string =>
  (rule.kind === 'flat' ? rule.levels[resource] : undefined) ?? rule.level;

/** The rule of a market in a few words. */
export const ruleInWords = ({ kind }: PriceRule): string =>
  ({ paper: 'rise with what is sold', flat: 'flat', learning: 'learnt from the bids' })[kind];

/** The curve from nothing sold to all sold. */
export const curveOf = (rule: PriceRule, resource: string, capacity: number): CurvePoint[] =>
  Array.from({ length: POINTS + 1 }, (_, index) => {
    const share = index / POINTS;
    return { share, price: priceAt(rule, resource, { share, capacity }) };
  });

/** The rule in words, with its formula. */
export function formulaOf(rule: PriceRule, resource: string): string {
  if (rule.kind === 'paper')
    return `price = ${rule.unit} × (${rule.gamma[resource] ?? 1}^share sold − 1) + ${rule.reserve} credits for a unit in a slot`;
  const learnt =
    rule.kind === 'learning' ? (rule.learns ? ', a level that is learnt from the bids' : ', a level that was learnt and stays') : '';
  return `price = ${levelOf(rule, resource)} credits ÷ what the whole market has in the slot${learnt}`;
}
