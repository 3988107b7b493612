import { divide, multiply, out } from './double-double.js';
import { doublesOf, logOf, wideRaise } from './exact-power.js';
import { fineExpm1 } from './expm1.js';
import { rationalRaises } from './perfect-power.js';

const RELATIVE_ERROR = 1e-13; // of one double's computation, with a wide margin over expm1 and log
const FINE_ERROR = 2 ** -94; // of two doubles' computation, whose arithmetic is right to some 2^-98

/** Steps, as an oracle counts its own, of a price by one double, and what two doubles and 192-bit arithmetic take beside. */
export const QUICK_STEPS = 20;
const FINE_STEPS = 250;
const WIDE_STEPS = 1_500;
/** Steps that a price takes at most. */
export const PRICE_STEPS_MAX = QUICK_STEPS + FINE_STEPS + WIDE_STEPS;

/** What pricing has cost by now beyond QUICK_STEPS a price, in steps. */
export interface PriceMeter {
  steps: number;
}

/** How one resource, or bandwidth, is priced. */
export interface Pricing {
  readonly unitMicros: number;
  readonly reserveMicros: number;
  /** ln(gamma) as a double, as the sum of two, and in fixed point. */
  readonly log: number;
  readonly fineLog: readonly [number, number];
  readonly wideLog: bigint;
  /** What is added to the reserve at u = j / (length - 1): all the u at which gamma^u is rational, the only ones at which a price can be an exact half. */
  readonly rational: readonly number[];
  readonly meter: PriceMeter;
}

/** @param gamma >= 1; @param unitMicros, @param reserveMicros whole micro-credits. */
export function createPricing(gamma: number, unitMicros: number, reserveMicros: number, meter: PriceMeter = { steps: 0 }): Pricing {
  const wideLog = logOf(gamma);
  const fineLog = doublesOf(wideLog);
  return { unitMicros, reserveMicros, log: fineLog[0], fineLog, wideLog, rational: rationalRaises(gamma, unitMicros), meter };
}

/**
 * The posted price: unit * (gamma^u - 1) + reserve with u = used / capacity (paper, eq. 9-10), in whole micro-credits per unit, rounded
 * half up once. A double decides where it can tell. Where it cannot: a table where gamma^u is rational, else two doubles, then 192-bit arithmetic:
 * always the same integer. What has no capacity costs what a sold-out resource costs.
 * @param used milli-units sold before this bid; @param capacity milli-units.
 * @returns micro-credits, exact as a double up to 2^53, the nearest double beyond (docs/mechanism.md, limits).
 */
export function priceAt(pricing: Pricing, used: number, capacity: number): number {
  const { unitMicros, reserveMicros, rational } = pricing;
  if (used === 0 && capacity > 0) return reserveMicros;
  if (used >= capacity) return rational[rational.length - 1] + reserveMicros;
  const raised = unitMicros * Math.expm1((used / capacity) * pricing.log);
  const fromHalf = Math.abs(raised + 0.5 - Math.round(raised + 0.5));
  if (fromHalf > (1 + raised) * RELATIVE_ERROR) return Math.floor(raised + 0.5) + reserveMicros;
  return nearHalf(pricing, used, capacity) + reserveMicros;
}

/** What is added to the reserve, where a double cannot round it. */
function nearHalf(pricing: Pricing, used: number, capacity: number): number {
  const { rational, meter, unitMicros, wideLog } = pricing;
  const root = used * (rational.length - 1); // u = root / capacity / power
  if (root <= Number.MAX_SAFE_INTEGER && root % capacity === 0) return rational[root / capacity];
  meter.steps += FINE_STEPS;
  const fine = finePrice(pricing, used, capacity);
  if (!Number.isNaN(fine)) return fine;
  meter.steps += WIDE_STEPS;
  return Number(wideRaise(wideLog, used, capacity, BigInt(unitMicros)));
}

/** unit * (gamma^(used / capacity) - 1), rounded half up; NaN where two doubles cannot tell. */
function finePrice({ fineLog, unitMicros }: Pricing, used: number, capacity: number): number {
  divide(used, capacity);
  multiply(out[0], out[1], fineLog[0], fineLog[1]);
  fineExpm1(out[0], out[1]);
  multiply(out[0], out[1], unitMicros, 0);
  const floor = Math.floor(out[0]);
  const fromHalf = out[0] - floor - 0.5 + out[1]; // right to 2^-52 of itself: what is taken apart before is exact, or far from a half
  if (Math.abs(fromHalf - Math.round(fromHalf)) <= out[0] * FINE_ERROR + Math.abs(fromHalf) * 2 ** -52) return NaN;
  return floor + (Math.floor(fromHalf) + 1); // one rounding, where the sum is beyond 2^53
}

/** One price, as priceAt says. */
export const postedPrice = (used: number, capacity: number, gamma: number, unitMicros: number, reserveMicros: number): number =>
  priceAt(createPricing(gamma, unitMicros, reserveMicros), used, capacity);
