import { at, micros, MICROS_PER_CREDIT, type Micros } from '#units';
import type { Valuation } from './types.js';

const creditsAt = (valuation: Valuation, d: number): number => {
  switch (valuation.kind) {
    case 'sigmoid':
      return (valuation.scale * valuation.tau) / (1 + Math.exp(d / valuation.width));
    case 'deadline':
      return d <= valuation.deadline ? valuation.value : 0;
    case 'linear':
      return Math.max(0, valuation.value - valuation.decay * d);
    case 'table':
      return d < valuation.values.length ? at(valuation.values, d) : 0;
  }
};

const MICROS_A_CREDIT = Number(MICROS_PER_CREDIT);

/**
 * f(d): what finishing d slots after arrival is worth (docs/mechanism.md section 2), rounded half up to a micro-credit.
 * @param d >= 0, slots. Never rises in d for a valuation without faults.
 */
export const valueAt = (valuation: Valuation, d: number): Micros => micros(BigInt(roundedValueAt(valuation, d)));

/** f(d) as a whole number of micro-credits, exact as a double (VALUE_CREDITS_MAX): for comparing. */
export const roundedValueAt = (valuation: Valuation, d: number): number => Math.round(creditsAt(valuation, d) * MICROS_A_CREDIT);

/** What is wrong with a valuation, and where. */
export interface ValuationFault {
  /** Relative to the valuation, such as `.values[3]`. */
  readonly path: string;
  readonly message: string;
}

/** Largest value of a bid, in credits: keeps every value an exact double of micro-credits. */
export const VALUE_CREDITS_MAX = 1e9;

const amountFault = (path: string, value: number, max = VALUE_CREDITS_MAX): ValuationFault[] =>
  Number.isFinite(value) && value >= 0 && value <= max ? [] : [{ path, message: `must be a number from 0 to ${max}` }];

const positiveFault = (path: string, value: number): ValuationFault[] =>
  Number.isFinite(value) && value > 0 ? [] : [{ path, message: 'must be a number above 0' }];

/** What a job is worth at once is half of scale times tau: where that is too much, either of them may be what is wrong. */
function productFaults({ scale, tau }: Extract<Valuation, { kind: 'sigmoid' }>): ValuationFault[] {
  const product = scale * tau;
  if (product <= VALUE_CREDITS_MAX) return [];
  const rest = `must be at most ${VALUE_CREDITS_MAX}: ${scale} times ${tau} is ${product}`;
  return [
    { path: '.scale', message: `times tau ${rest}` },
    { path: '.tau', message: `times scale ${rest}` },
  ];
}

function tableFaults(values: readonly number[]): ValuationFault[] {
  const faults = values.flatMap((value, d) => amountFault(`.values[${d}]`, value));
  const rise = values.findIndex((value, d) => d > 0 && value > at(values, d - 1));
  if (rise > 0)
    faults.push({
      path: `.values[${rise}]`,
      message: `rises from ${values[rise - 1]} to ${values[rise]}; a later completion is never worth more`,
    });
  return faults;
}

/** What is wrong with a valuation: empty where it is finite, never negative and never rising. */
export function valuationFaults(valuation: Valuation): ValuationFault[] {
  switch (valuation.kind) {
    case 'sigmoid': {
      const faults = [
        ...amountFault('.scale', valuation.scale),
        ...amountFault('.tau', valuation.tau),
        ...positiveFault('.width', valuation.width),
      ];
      return faults.length > 0 ? faults : productFaults(valuation);
    }
    case 'deadline':
      return [...amountFault('.value', valuation.value), ...amountFault('.deadline', valuation.deadline)];
    case 'linear':
      return [...amountFault('.value', valuation.value), ...amountFault('.decay', valuation.decay)];
    case 'table':
      return tableFaults(valuation.values);
  }
}
