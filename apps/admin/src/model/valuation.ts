import type { BodyOf } from '#sdk';

/** What finishing is worth, as a bid says it. */
export type Valuation = BodyOf<'placeBid'>['valuation'];

/** Credits that finishing `delay` slots after arrival is worth: for charts, in doubles. */
export function worthAt(valuation: Valuation, delay: number): number {
  switch (valuation.kind) {
    case 'sigmoid':
      return (valuation.scale * valuation.tau) / (1 + Math.exp(delay / valuation.width));
    case 'deadline':
      return delay <= valuation.deadline ? valuation.value : 0;
    case 'linear':
      return Math.max(0, valuation.value - valuation.decay * delay);
    case 'table':
      return valuation.values[delay] ?? 0;
  }
}
