import type { Amounts, InstancePrices } from '#lab';
import type { BodyOf } from '#sdk';

/** An instance's rule of prices as the API takes it. */
export function postedPrices(prices: InstancePrices): BodyOf<'createMarket'>['prices'] {
  if (prices.kind !== 'flat') return { kind: 'paper', gamma: prices.gamma, unit: String(prices.unit), reserve: String(prices.reserve) };
  return { kind: 'flat', level: String(prices.level), levels: textOf(prices.levels ?? {}) };
}

const textOf = (amounts: Amounts): Record<string, string> =>
  Object.fromEntries(Object.entries(amounts).map(([name, amount]) => [name, String(amount)]));
