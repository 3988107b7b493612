import type { Amounts, Instance, InstancePrices } from '#lab';
import type { BodyOf } from '#sdk';

/** The rules of prices that the demo and the load play by. */
export const PRICE_RULES = ['learning', 'paper', 'flat'] as const;
/** One of them. */
export type PriceRuleName = (typeof PRICE_RULES)[number];

/** Credits that all of a resource costs for a slot under flat prices: about the best in hindsight for the demo's 200 jobs. */
export const FLAT_LEVEL = 500;

type PostedPrices = NonNullable<BodyOf<'createMarket'>['prices']>;

/** A rule as the API takes it. @param instance with the paper's constants. */
export function rulePosted(name: PriceRuleName, { prices }: Pick<Instance, 'prices'>): PostedPrices {
  if (name === 'learning') return { kind: 'learning' };
  return name === 'flat' ? { kind: 'flat', level: String(FLAT_LEVEL) } : postedPrices(prices);
}

/** An instance's rule of prices as the API takes it. */
export function postedPrices(prices: InstancePrices): PostedPrices {
  if (prices.kind !== 'flat') return { kind: 'paper', gamma: prices.gamma, unit: String(prices.unit), reserve: String(prices.reserve) };
  return { kind: 'flat', level: String(prices.level), levels: textOf(prices.levels ?? {}) };
}

const textOf = (amounts: Amounts): Record<string, string> =>
  Object.fromEntries(Object.entries(amounts).map(([name, amount]) => [name, String(amount)]));
