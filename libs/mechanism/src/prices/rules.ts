import { type FlatPricing, flatPriceAt, flatPricing, type FlatRule } from './flat.js';
import type { LearningRule } from './learning/rule.js';
import type { PriceMeter } from './meter.js';
import { type PaperPricing, paperPriceAt, paperPricing, PAPER_STEPS_MAX, type PaperRule } from './paper.js';

/** How a market's prices are posted. Each rule is a file beside this one; whoever searches or pays knows posted prices only. */
export type PriceRule = PaperRule | FlatRule | LearningRule;

/** How a rule prices one resource, or bandwidth. Data alone: a book is handed to threads. */
export type Pricing = PaperPricing | FlatPricing;

/** Steps that a price takes at most, by whichever rule. */
export const PRICE_STEPS_MAX = PAPER_STEPS_MAX;

/** What the price of bandwidth is named by, beside resources: no resource is called so. */
export const BANDWIDTH = 'bandwidth';

/** How a rule prices bandwidth (0) and each resource (1 + k) of a market. @param meter counts what prices cost. */
export const pricingsOf = (rule: PriceRule, resources: readonly string[], meter: PriceMeter): Pricing[] =>
  [BANDWIDTH, ...resources].map((name) => pricingOf(rule, name, meter));

function pricingOf(rule: PriceRule, name: string, meter: PriceMeter): Pricing {
  switch (rule.kind) {
    case 'paper':
      return paperPricing(rule, name, meter);
    case 'flat':
      return flatPricing(rule, name);
    case 'learning':
      return flatPricing({ kind: 'flat', level: rule.level, levels: {} }, name);
  }
}

/**
 * The posted price, whole micro-credits per unit and slot (per MB for bandwidth).
 * @param used milli-units sold before this bid; @param capacity milli-units, of the site's resource or the bandwidth.
 * @param supply milli-units that the whole market has of it in the slot.
 */
export const priceAt = (pricing: Pricing, used: number, capacity: number, supply: number): number =>
  pricing.kind === 'paper' ? paperPriceAt(pricing, used, capacity) : flatPriceAt(pricing, supply);

/** A rule as far as it names bandwidth and resources. */
type NamingRule =
  | { readonly kind: 'paper'; readonly gamma: Readonly<Record<string, unknown>> }
  | { readonly kind: 'flat'; readonly levels: Readonly<Record<string, unknown>> }
  | { readonly kind: 'learning' };

/** A name that the market does not have, or that the rule lacks though it must have it. */
export interface RuleFault {
  readonly name: string;
  readonly fault: 'missing' | 'unknown';
}

/** What a rule names wrongly for a market with these resources: first what is missing, in their order. */
export function ruleFaults(rule: NamingRule, resources: readonly string[]): RuleFault[] {
  if (rule.kind === 'learning') return [];
  const names = [BANDWIDTH, ...resources];
  const given = Object.keys(rule.kind === 'paper' ? rule.gamma : rule.levels);
  return [
    ...names.filter((name) => rule.kind === 'paper' && !given.includes(name)).map((name) => ({ name, fault: 'missing' as const })),
    ...given.filter((name) => !names.includes(name)).map((name) => ({ name, fault: 'unknown' as const })),
  ];
}
