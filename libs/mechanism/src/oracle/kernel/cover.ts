import { budgetBinds, createSlotCover, priceCovers, reserveSlotCover, WAYS_MAX } from './slot-cover.js';
import { readCover, type CoverReader } from './read-cover.js';
import { float64, int32, sameSlot, type Problem } from './problem.js';
import type { Plan } from './plan.js';

/**
 * The exact core, for jobs whose homes span few covers: least[t][c] is the least price of having trained cover c (chunks per home) by
 * slot t. Slots share nothing but the homes, so that one pass over the slots gives the optimum for every completion (V1-V6 respected,
 * rounding, server and bandwidth budget included). Each slot's covers are priced by slot-cover.ts.
 */
export interface Cover {
  length: number;
  coverCount: number;
  slot: ReturnType<typeof createSlotCover>;
  least: Float64Array;
  /** Per slot and cover: what the slot trains of it (a cover), and the server of each cover trained in the slot. */
  share: Int32Array;
  server: Int32Array;
  /** Mixed-radix weight of each site. */
  weight: Int32Array;
  /** Slot whose cover prices are in `slot`, to be used again for an equal slot. */
  priced: number;
}

export const createCover = (): Cover => ({
  length: 0, coverCount: 0, slot: createSlotCover(), least: new Float64Array(0), share: new Int32Array(0), server: new Int32Array(0), weight: new Int32Array(0), priced: -1,
});

/** Covers of a job and the steps that one slot would take: prices of covers for all servers, and all pairs of covers. */
function stepsOf(problem: Problem): { covers: number; pairs: number; states: number; steps: number } {
  let covers = 1;
  let pairs = 1;
  let states = 1;
  let steps = 0;
  for (let site = 0; site < problem.siteCount; site++) {
    const home = problem.homes[site];
    const flows = Math.min(problem.total, 2 * home + 8);
    steps += covers * (home + 1) * (problem.total + 1) * flows;
    covers *= home + 1;
    pairs *= ((home + 1) * (home + 2)) / 2;
    states = Math.max(states, covers * (2 * problem.total + 1));
  }
  return { covers, pairs, states, steps: steps * problem.siteCount + pairs };
}

/** Prepares the exact core. @param stepsMax steps it may take per slot. @returns whether the job is small enough for it. */
export function resetCover(cover: Cover, problem: Problem, slotsMax: number, stepsMax: number): boolean {
  const { covers, states, steps } = stepsOf(problem);
  cover.length = 0;
  cover.priced = -1;
  cover.coverCount = covers;
  if (steps > stepsMax) return false;
  reserveSlotCover(cover.slot, covers, states);
  cover.least = float64(cover.least, covers);
  cover.share = int32(cover.share, covers * slotsMax);
  cover.server = int32(cover.server, covers * slotsMax);
  cover.weight = int32(cover.weight, problem.siteCount);
  for (let site = problem.siteCount - 1, weight = 1; site >= 0; site--) {
    cover.weight[site] = weight;
    weight *= problem.homes[site] + 1;
  }
  cover.least.fill(Infinity, 0, covers);
  cover.least[0] = 0;
  return true;
}

/** Extends the pass by the next opened slot. @returns the least price of the whole job by then. */
export function coverSlot(problem: Problem, cover: Cover): number {
  const t = cover.length++;
  const { coverCount, slot, server } = cover;
  if (cover.priced < 0 || !sameSlot(problem, cover.priced, t)) priceCovers(problem, slot, t, coverCount);
  cover.priced = t;
  for (let c = 0, at = t * coverCount; c < coverCount; c++, at++) server[at] = slot.server[c];
  joinCovers(problem, cover, t);
  return cover.least[coverCount - 1];
}

/**
 * least'[c + c'] = min(least[c] + price[c']). Covers before are visited from the fullest down, so that `least` still holds the values of
 * the slot before when it is read: a sum is never smaller than its part. What costs no less than the whole job by now is dropped.
 */
function joinCovers(problem: Problem, cover: Cover, t: number): void {
  const { coverCount, least, share, slot } = cover;
  share.fill(0, t * coverCount, (t + 1) * coverCount);
  for (let before = coverCount - 2; before >= 0; before--) {
    const base = least[before];
    if (base < least[coverCount - 1]) joinAfter(problem, cover, t, before, base, slot.cheapest, 0, 0, before);
  }
}

/** Adds every cover that fits beside `before`, digit by digit from site `site` on; the last site's digit is the inner loop. */
function joinAfter(problem: Problem, cover: Cover, t: number, before: number, base: number, price: Float64Array, site: number, part: number, rest: number): void {
  const { weight, least, share, coverCount } = cover;
  const digit = Math.floor(rest / weight[site]);
  const left = problem.homes[site] - digit;
  if (site < problem.siteCount - 1) {
    for (let own = 0; own <= left; own++) joinAfter(problem, cover, t, before, base, price, site + 1, part + own * weight[site], rest - digit * weight[site]);
    return;
  }
  const at = t * coverCount;
  for (let own = part === 0 ? 1 : 0, here = part + own; own <= left; own++, here++) {
    const cost = base + price[here];
    if (cost < least[before + here]) {
      least[before + here] = cost;
      share[at + before + here] = here;
    }
  }
}

/** Reads the optimum by the last covered slot into `plan`. @returns whether it uses that slot. */
export function readCoverPlan(problem: Problem, cover: Cover, reader: CoverReader, plan: Plan): boolean {
  if (cover.share[cover.length * cover.coverCount - 1] === 0) return false;
  let rows = 0;
  for (let t = cover.length - 1, c = cover.coverCount - 1; c > 0; t--) {
    const part = cover.share[t * cover.coverCount + c];
    if (part > 0) rows++;
    c -= part;
  }
  plan.length = rows;
  for (let t = cover.length - 1, c = cover.coverCount - 1, row = rows - 1; c > 0; t--) {
    const part = cover.share[t * cover.coverCount + c];
    if (part === 0) continue;
    plan.slot[row] = t;
    plan.ps[row] = cover.server[t * cover.coverCount + part];
    readCover(problem, reader, { plan, row, cover: part, weight: cover.weight, waysMax: budgetBinds(problem, t) ? WAYS_MAX : 1 });
    row--;
    c -= part;
  }
  return true;
}
