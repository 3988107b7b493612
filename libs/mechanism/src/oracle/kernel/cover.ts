import { reserveSlotCover, budgetBinds, createSlotCover, priceCovers, WAYS_MAX } from './slot-cover.js';
import { chooseLattice, createLattice, type Lattice } from './lattice.js';
import type { Plan } from './plan.js';
import { float64, int32, sameSlot, type Problem } from './problem.js';
import { readCover, type CoverReader } from './read-cover.js';

/**
 * The core: least[c] is the least price of having trained cover c (chunks per home) by the last slot. Slots share nothing but the homes,
 * so that one pass over the slots serves every completion; on an exact lattice it gives the optimum (V1-V6 respected; rounding, server
 * and bandwidth budget included). Each slot's covers are priced by slot-cover.ts.
 */
export interface Cover {
  length: number;
  readonly lattice: Lattice;
  readonly slot: ReturnType<typeof createSlotCover>;
  least: Float64Array;
  /** Per slot and cover: what the slot trains of it (a cover), and the server of each cover trained in the slot. */
  share: Int32Array;
  server: Int32Array;
  /** Slot whose cover prices are in `slot`, to be used again for an equal slot; -1: none. */
  priced: number;
}

export const createCover = (): Cover => ({
  length: 0, lattice: createLattice(), slot: createSlotCover(), least: new Float64Array(0), share: new Int32Array(0), server: new Int32Array(0), priced: -1,
});

/**
 * Prepares the core on the finest lattice within `stepsMax` steps per slot.
 * @returns whether there is one (an exact one, if `exactOnly`).
 */
export function resetCover(cover: Cover, problem: Problem, slotsMax: number, stepsMax: number, exactOnly: boolean): boolean {
  cover.length = 0;
  cover.priced = -1;
  if (!chooseLattice(problem, cover.lattice, stepsMax, exactOnly)) return false;
  const { coverCount, stateCount } = cover.lattice;
  reserveSlotCover(cover.slot, coverCount, stateCount);
  cover.least = float64(cover.least, coverCount);
  cover.share = int32(cover.share, coverCount * slotsMax);
  cover.server = int32(cover.server, coverCount * slotsMax);
  cover.least.fill(Infinity, 0, coverCount);
  cover.least[0] = 0;
  return true;
}

/** Extends the pass by the next opened slot. @returns the least price of the whole job by then. */
export function coverSlot(problem: Problem, cover: Cover): number {
  const t = cover.length++;
  const { slot, server, lattice } = cover;
  const { coverCount } = lattice;
  if (cover.priced < 0 || !sameSlot(problem, cover.priced, t)) priceCovers(problem, slot, lattice, t);
  cover.priced = t;
  for (let c = 0, at = t * coverCount; c < coverCount; c++, at++) server[at] = slot.server[c];
  joinCovers(cover, t);
  return cover.least[coverCount - 1];
}

/**
 * least'[c + c'] = min(least[c] + price[c']). Covers before are visited from the fullest down, so that `least` still holds the values of
 * the slot before when it is read: a sum is never smaller than its part. What costs no less than the whole job by now is dropped.
 */
function joinCovers(cover: Cover, t: number): void {
  const { least, share } = cover;
  const { coverCount } = cover.lattice;
  share.fill(0, t * coverCount, (t + 1) * coverCount);
  for (let before = coverCount - 2; before >= 0; before--) {
    const base = least[before];
    if (base < least[coverCount - 1]) joinAfter(cover, t, before, 0, 0, before);
  }
}

/** Adds every cover that fits beside `before`, digit by digit from `entry` on; the last entry's digit is the inner loop. */
function joinAfter(cover: Cover, t: number, before: number, entry: number, part: number, rest: number): void {
  const { least, share } = cover;
  const { weight, levels, length, coverCount } = cover.lattice;
  const digit = Math.floor(rest / weight[entry]);
  const left = levels[entry] - digit;
  if (entry < length - 1) {
    for (let own = 0; own <= left; own++) joinAfter(cover, t, before, entry + 1, part + own * weight[entry], rest - digit * weight[entry]);
    return;
  }
  const price = cover.slot.cheapest;
  const base = least[before];
  const at = t * coverCount;
  for (let own = part === 0 ? 1 : 0, here = part + own; own <= left; own++, here++) {
    const cost = base + price[here];
    if (cost < least[before + here]) {
      least[before + here] = cost;
      share[at + before + here] = here;
    }
  }
}

/** Reads the best plan by the last covered slot into `plan`. @returns whether it uses that slot. */
export function readCoverPlan(problem: Problem, cover: Cover, reader: CoverReader, plan: Plan): boolean {
  const { coverCount } = cover.lattice;
  if (cover.share[cover.length * coverCount - 1] === 0) return false;
  let rows = 0;
  for (let t = cover.length - 1, c = coverCount - 1; c > 0; t--) {
    const part = cover.share[t * coverCount + c];
    if (part > 0) rows++;
    c -= part;
  }
  plan.length = rows;
  for (let t = cover.length - 1, c = coverCount - 1, row = rows - 1; c > 0; t--) {
    const part = cover.share[t * coverCount + c];
    if (part === 0) continue;
    plan.slot[row] = t;
    plan.ps[row] = cover.server[t * coverCount + part];
    readCover(problem, reader, cover.lattice, { plan, row, cover: part, waysMax: budgetBinds(problem, t) ? WAYS_MAX : 1 });
    row--;
    c -= part;
  }
  return true;
}
