import { invariant, type Micros } from '#units';
import { divide, multiply, out } from '../double-double.js';
import { doublesOf, logOf, wideRaise } from '../exact-power.js';
import { fineExpm1 } from '../expm1.js';
import { rationalRaises } from '../perfect-power.js';
import { type PriceMeter, QUICK_STEPS } from './meter.js';

/**
 * The paper's prices rise with what is sold (eq. 9-10): a unit of resource k costs unit * (gamma_k^u - 1) + reserve in a slot in which the share u
 * of the site's capacity is sold; a MB of traffic the same, with the gamma of the bandwidth and the share of the budget.
 */
export interface PaperRule {
  readonly kind: 'paper';
  /** Above or at 1, for "bandwidth" and each resource by name. */
  readonly gamma: Readonly<Record<string, number>>;
  readonly unit: Micros;
  readonly reserve: Micros;
}

const RELATIVE_ERROR = 1e-13; // of one double's computation, with a wide margin over expm1 and log
const FINE_ERROR = 2 ** -94; // of two doubles' computation, whose arithmetic is right to some 2^-98

/** Steps, as an oracle counts its own, that two doubles and 192-bit arithmetic take beside those of one double. */
const FINE_STEPS = 250;
const WIDE_STEPS = 1_500;
/** Steps that such a price takes at most. */
export const PAPER_STEPS_MAX = QUICK_STEPS + FINE_STEPS + WIDE_STEPS;

/** How one resource, or bandwidth, is priced. */
export interface PaperPricing {
  readonly kind: 'paper';
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

/** A rule with one gamma for bandwidth and every resource. */
export const paperRule = (
  resources: readonly string[],
  gamma: number,
  { unit, reserve }: Pick<PaperRule, 'unit' | 'reserve'>,
): PaperRule => ({
  kind: 'paper',
  gamma: Object.fromEntries(['bandwidth', ...resources].map((name) => [name, gamma])),
  unit,
  reserve,
});

/** How the rule prices "bandwidth", or a resource by its name. */
export function paperPricing({ gamma, unit, reserve }: PaperRule, name: string, meter: PriceMeter): PaperPricing {
  invariant(Object.hasOwn(gamma, name), 'bandwidth and every resource have a gamma');
  return createPricing(gamma[name], Number(unit), Number(reserve), meter);
}

/** @param gamma >= 1; @param unitMicros, @param reserveMicros whole micro-credits. */
function createPricing(gamma: number, unitMicros: number, reserveMicros: number, meter: PriceMeter): PaperPricing {
  const wideLog = logOf(gamma);
  const fineLog = doublesOf(wideLog);
  return {
    kind: 'paper',
    unitMicros,
    reserveMicros,
    log: fineLog[0],
    fineLog,
    wideLog,
    rational: rationalRaises(gamma, unitMicros),
    meter,
  };
}

/**
 * The posted price: unit * (gamma^u - 1) + reserve with u = used / capacity (paper, eq. 9-10), in whole micro-credits per unit, rounded
 * half up once. A double decides where it can tell. Where it cannot: a table where gamma^u is rational, else two doubles, then 192-bit arithmetic:
 * always the same integer. What has no capacity costs what a sold-out resource costs.
 * @param used milli-units sold before this bid; @param capacity milli-units.
 * @returns micro-credits, exact as a double up to 2^53, the nearest double beyond (docs/mechanism.md, limits).
 */
export function paperPriceAt(pricing: PaperPricing, used: number, capacity: number): number {
  const { unitMicros, reserveMicros, rational } = pricing;
  if (used === 0 && capacity > 0) return reserveMicros;
  if (used >= capacity) return rational[rational.length - 1] + reserveMicros;
  const raised = unitMicros * Math.expm1((used / capacity) * pricing.log);
  const fromHalf = Math.abs(raised + 0.5 - Math.round(raised + 0.5));
  if (fromHalf > (1 + raised) * RELATIVE_ERROR) return Math.floor(raised + 0.5) + reserveMicros;
  return nearHalf(pricing, used, capacity) + reserveMicros;
}

/** What is added to the reserve, where a double cannot round it. */
function nearHalf(pricing: PaperPricing, used: number, capacity: number): number {
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
function finePrice({ fineLog, unitMicros }: PaperPricing, used: number, capacity: number): number {
  divide(used, capacity);
  multiply(out[0], out[1], fineLog[0], fineLog[1]);
  fineExpm1(out[0], out[1]);
  multiply(out[0], out[1], unitMicros, 0);
  const floor = Math.floor(out[0]);
  const fromHalf = out[0] - floor - 0.5 + out[1]; // right to 2^-52 of itself: what is taken apart before is exact, or far from a half
  if (Math.abs(fromHalf - Math.round(fromHalf)) <= out[0] * FINE_ERROR + Math.abs(fromHalf) * 2 ** -52) return NaN;
  return floor + (Math.floor(fromHalf) + 1); // one rounding, where the sum is beyond 2^53
}

/** One price, as paperPriceAt says. */
export const postedPrice = (used: number, capacity: number, gamma: number, unitMicros: number, reserveMicros: number): number =>
  paperPriceAt(createPricing(gamma, unitMicros, reserveMicros, { steps: 0 }), used, capacity);
