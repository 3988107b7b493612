import { MICROS_PER_CREDIT } from '#units';
import { roundedValueAt, VALUE_CREDITS_MAX } from '../valuation.js';
import type { Valuation } from '../types.js';

const MICROS_A_CREDIT = Number(MICROS_PER_CREDIT);
/** Micro-credits that a bid may be worth at most; all of them are exact doubles. */
const VALUE_MICROS_MAX = VALUE_CREDITS_MAX * MICROS_A_CREDIT;

/** A completion that is wanted at a price: d slots after arrival, for so many micro-credits. */
export interface Wanted {
  readonly d: number;
  readonly priceMicros: number;
}

/**
 * The valuation, raised so that finishing after d slots is worth the least amount above a price, and no more than it has to be elsewhere; undefined where none
 * within the limits is. A micro-credit less there, and it is worth no more than the price.
 */
export function raisedTo(valuation: Valuation, { d, priceMicros }: Wanted): Valuation | undefined {
  const wantedMicros = priceMicros + 1;
  if (wantedMicros > VALUE_MICROS_MAX) return undefined;
  const raised = candidate(valuation, d, wantedMicros);
  return raised && roundedValueAt(raised, d) === wantedMicros ? raised : undefined;
}

function candidate(valuation: Valuation, d: number, micros: number): Valuation | undefined {
  const credits = micros / MICROS_A_CREDIT;
  switch (valuation.kind) {
    case 'deadline':
      return d <= valuation.deadline ? { ...valuation, value: credits } : undefined;
    case 'linear': {
      const value = Math.round(micros + valuation.decay * d * MICROS_A_CREDIT) / MICROS_A_CREDIT;
      return value <= VALUE_CREDITS_MAX ? { ...valuation, value } : undefined;
    }
    case 'sigmoid': {
      const tau = valuation.tau === 0 ? 1 : valuation.tau; // times nothing, no scale is worth anything
      const scale = (credits * (1 + Math.exp(d / valuation.width))) / tau;
      return Number.isFinite(scale) && scale * tau <= VALUE_CREDITS_MAX && scale <= VALUE_CREDITS_MAX
        ? { ...valuation, scale, tau }
        : undefined;
    }
    case 'table':
      return d < valuation.values.length
        ? { ...valuation, values: valuation.values.map((value, at) => (at <= d ? Math.max(value, credits) : value)) }
        : undefined;
  }
}

/** The valuation as it stands, good until d slots after arrival; undefined where it has no deadline to move, or is good for as long. */
export function extendedTo(valuation: Valuation, d: number): Valuation | undefined {
  if (valuation.kind === 'deadline') return d > valuation.deadline ? { ...valuation, deadline: d } : undefined;
  if (valuation.kind !== 'table' || d < valuation.values.length) return undefined;
  const last = valuation.values.at(-1) ?? 0;
  return { ...valuation, values: [...valuation.values, ...new Array<number>(d + 1 - valuation.values.length).fill(last)] };
}
