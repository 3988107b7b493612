import { float64, int32, type Problem } from '../problem.js';
import type { Lanes } from './lanes.js';
import type { Pool } from './pool.js';
import { leastSums } from './sums.js';

/**
 * Prices of homes, one per site: a slot pays them for chunks that it trains at home, so that slots share nothing but the count of chunks.
 * The passes over the lanes at such prices say what all chunks cost at least (less what all homes are worth).
 */
export interface Dual {
  width: number;
  /** Prices as they are, those of the best bound so far, and those that the patterns known make most of. */
  nu: Float64Array;
  bestNu: Float64Array;
  topNu: Float64Array;
  /** What the plan read last takes of each home, more than there is of it included; and the way up. */
  taken: Int32Array;
  gradient: Float64Array;
  /** Per lane and chunks: least price of so many chunks from there on. */
  rest: Float64Array;
  /** Per lane: least price of so many chunks before it. */
  before: Float64Array;
  /** Work done, counted in comparisons. */
  steps: number;
}

/** Arrays that only grow. */
export const createDual = (): Dual => ({
  width: 0,
  nu: new Float64Array(0),
  bestNu: new Float64Array(0),
  topNu: new Float64Array(0),
  taken: new Int32Array(0),
  gradient: new Float64Array(0),
  rest: new Float64Array(0),
  before: new Float64Array(0),
  steps: 0,
});

/** Begins anew with all prices at zero. */
export function resetDual(dual: Dual, { siteCount, total }: Problem, lanesMax: number): void {
  dual.width = total + 1;
  dual.steps = 0;
  for (const name of ['nu', 'bestNu', 'topNu', 'gradient'] as const) {
    dual[name] = float64(dual[name], siteCount);
    dual[name].fill(0, 0, siteCount);
  }
  dual.taken = int32(dual.taken, siteCount);
  const cells = (lanesMax + 1) * dual.width;
  dual.rest = float64(dual.rest, cells);
  dual.before = float64(dual.before, cells);
}

/** What all homes are worth at the prices as they are. */
export function worthOfHomes({ siteCount, homes }: Problem, { nu }: Dual): number {
  let worth = 0;
  for (let site = 0; site < siteCount; site++) worth += nu[site] * homes[site];
  return worth;
}

/** Most chunks that a lane has a price for, within its limit. */
function topOf({ least }: Pool, { limit }: Lanes, lane: number, width: number): number {
  let top = limit[lane];
  while (top > 0 && least[lane * width + top] === Infinity) top--;
  return top;
}

/**
 * Passes over the lanes from the last to the first. @param full false: leaves out counts that the lanes before could not leave over.
 * @returns the least price of all chunks, homes priced; Infinity where they do not fit.
 */
export function passBack(dual: Dual, lanes: Lanes, pool: Pool, full: boolean): number {
  const { width, rest } = dual;
  const { count } = lanes;
  rest.fill(Infinity, count * width, (count + 1) * width);
  rest[count * width] = 0;
  let before = 0;
  for (let lane = 0; lane < count; lane++) before += lanes.limit[lane];
  let reach = 0; // most chunks that the lanes from here on hold
  for (let lane = count - 1; lane >= 0; lane--) {
    const here = lane * width;
    const top = topOf(pool, lanes, lane, width);
    before -= lanes.limit[lane];
    const first = full ? 0 : Math.max(0, width - 1 - before);
    const end = Math.min(width - 1, reach + top);
    dual.steps += leastSums(pool.least, here, top, rest, here + width, reach, rest, here, first, end);
    rest.fill(Infinity, here + Math.max(first, end + 1), here + width);
    reach = end;
  }
  return rest[width - 1];
}

/** Passes over the lanes from the first to the last: least prices of so many chunks before each. */
export function passOn(dual: Dual, lanes: Lanes, pool: Pool): void {
  const { width, before } = dual;
  before.fill(Infinity, 0, width);
  before[0] = 0;
  let reach = 0;
  for (let lane = 0; lane < lanes.count; lane++) {
    const here = lane * width;
    const top = topOf(pool, lanes, lane, width);
    const end = Math.min(width - 1, reach + top);
    dual.steps += leastSums(pool.least, here, top, before, here, reach, before, here + width, 0, end);
    before.fill(Infinity, here + width + end + 1, here + 2 * width);
    reach = end;
  }
}

/** Slots need no more chunks than a plan below `bar` could give them, and a few more. Needs the pass back at the same prices. */
export function limitLanes(dual: Dual, lanes: Lanes, pool: Pool, bar: number): void {
  const { width, rest, before } = dual;
  passOn(dual, lanes, pool);
  for (let lane = 0; lane < lanes.count; lane++) {
    const here = lane * width;
    let needed = topOf(pool, lanes, lane, width);
    for (; needed > 0; needed--) {
      dual.steps += width - needed;
      if (leastThrough(before, here, rest, here + width, width - 1 - needed) + pool.least[here + needed] < bar) break;
    }
    lanes.limit[lane] = Math.min(lanes.limit[lane], Math.ceil(needed * 1.15) + 4);
  }
  for (let lane = 0; lane < lanes.count; lane++) {
    const first = lanes.first[lane];
    lanes.limit[first] = Math.max(lanes.limit[first], lanes.limit[lane]); // the table of the first is that of all
  }
}

/** Least price of `chunks` chunks before and after a lane together. */
export function leastThrough(before: Float64Array, beforeFrom: number, rest: Float64Array, restFrom: number, chunks: number): number {
  let least = Infinity;
  for (let m = 0; m <= chunks; m++) {
    const cost = before[beforeFrom + m] + rest[restFrom + chunks - m];
    if (cost < least) least = cost;
  }
  return least;
}

/** Steps up from the best prices towards `target`, by the plan read last. @returns false where there is no way up. */
export function climb({ siteCount, homes }: Problem, dual: Dual, bound: number, target: number, scale: number): boolean {
  const { nu, gradient, taken } = dual;
  let norm = 0;
  for (let site = 0; site < siteCount; site++) {
    const over = taken[site] - homes[site];
    gradient[site] = over < 0 && nu[site] <= 0 ? 0 : over;
    norm += gradient[site] * gradient[site];
  }
  if (norm === 0) return false;
  const step = (scale * (target - bound)) / norm;
  for (let site = 0; site < siteCount; site++) nu[site] = Math.max(0, nu[site] + step * gradient[site]);
  return true;
}

/** Multiplies all prices. */
export function scalePrices({ siteCount }: Problem, { nu }: Dual, factor: number): void {
  for (let site = 0; site < siteCount; site++) nu[site] *= factor;
}

/** Copies prices of homes. */
export function copyPrices({ siteCount }: Problem, from: Float64Array, to: Float64Array): void {
  for (let site = 0; site < siteCount; site++) to[site] = from[site];
}
