import { divide, expm1, multiply, out } from './double-double.js';
import { exactPowerPrice, naturalLogOf } from './exact-power.js';

const RELATIVE_ERROR = 1e-13; // of one double's computation, with a wide margin over expm1 and log
const FINE_ERROR = 1e-26; // of two doubles' computation: some 2^-86, where their arithmetic is right to some 2^-98
const ROUNDING_ERROR = 1e-15; // of adding what two doubles hold beyond the whole number

/** How one resource, or bandwidth, is priced. */
export interface Pricing {
  readonly gamma: number;
  readonly unitMicros: number;
  readonly reserveMicros: number;
  /** ln(gamma), and as the sum of two doubles. */
  readonly log: number;
  readonly fineLog: readonly [number, number];
  /** Answers of 192-bit arithmetic by used/capacity: a cell whose price lies at a half is seldom alone. */
  readonly kept: Map<string, number>;
}

const KEPT_MAX = 1_000;

/** @param gamma >= 1; @param unitMicros, @param reserveMicros whole micro-credits. */
export const createPricing = (gamma: number, unitMicros: number, reserveMicros: number): Pricing => ({
  gamma,
  unitMicros,
  reserveMicros,
  log: Math.log(gamma),
  fineLog: naturalLogOf(gamma),
  kept: new Map(),
});

/**
 * The posted price: unit * (gamma^u - 1) + reserve with u = used / capacity (paper, eq. 9-10), in whole micro-credits per unit, rounded
 * half up once. A double decides where it can tell, then two doubles, then 192-bit arithmetic: always the same integer. What has no
 * capacity costs what a sold-out resource costs.
 * @param used milli-units sold before this bid; @param capacity milli-units.
 * @returns micro-credits, exact as a double up to 2^53, the nearest double beyond (docs/mechanism.md, limits).
 */
export function priceAt(pricing: Pricing, used: number, capacity: number): number {
  const { gamma, unitMicros, reserveMicros } = pricing;
  if (used === 0 && capacity > 0) return reserveMicros;
  if (used >= capacity) return (Number.isInteger(gamma) ? unitMicros * (gamma - 1) : exactPrice(pricing, 1, 1)) + reserveMicros;
  const raised = unitMicros * Math.expm1((used / capacity) * pricing.log);
  const fromHalf = Math.abs(raised + 0.5 - Math.round(raised + 0.5));
  if (fromHalf > (1 + raised) * RELATIVE_ERROR) return Math.floor(raised + 0.5) + reserveMicros;
  const fine = finePrice(pricing, used, capacity);
  return (Number.isNaN(fine) ? exactPrice(pricing, used, capacity) : fine) + reserveMicros;
}

function exactPrice({ gamma, unitMicros, kept }: Pricing, used: number, capacity: number): number {
  const key = `${used}/${capacity}`;
  const found = kept.get(key);
  if (found !== undefined) return found;
  const price = Number(exactPowerPrice(gamma, used, capacity, BigInt(unitMicros)));
  if (kept.size >= KEPT_MAX) kept.clear();
  kept.set(key, price);
  return price;
}

/** unit * (gamma^(used / capacity) - 1), rounded half up; NaN where two doubles cannot tell. */
function finePrice({ fineLog, unitMicros }: Pricing, used: number, capacity: number): number {
  divide(used, capacity);
  multiply(out[0], out[1], fineLog[0], fineLog[1]);
  expm1(out[0], out[1]);
  multiply(out[0], out[1], unitMicros, 0);
  const floor = Math.floor(out[0]);
  const rest = out[0] - floor + out[1] + 0.5; // what the whole number is short of the value, and a half
  if (Math.abs(rest - Math.round(rest)) <= ROUNDING_ERROR + out[0] * FINE_ERROR + Math.abs(out[1]) * 2 ** -52) return NaN;
  return floor + Math.floor(rest);
}

/** One price, as priceAt says. */
export const postedPrice = (used: number, capacity: number, gamma: number, unitMicros: number, reserveMicros: number): number =>
  priceAt(createPricing(gamma, unitMicros, reserveMicros), used, capacity);
