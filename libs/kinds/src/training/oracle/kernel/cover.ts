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
  /** Slots covered; none further once it is spent. */
  length: number;
  /** Whether its steps (those of `slot`) are used up. */
  spent: boolean;
  readonly lattice: Lattice;
  readonly slot: ReturnType<typeof createSlotCover>;
  least: Float64Array;
  /** Per slot and cover: what the slot trains of it (a cover), and the server of each cover trained in the slot. */
  share: Int32Array;
  server: Int32Array;
  /** Slot whose cover prices are in `slot`, to be used again for an equal slot; -1: none. */
  priced: number;
  /** Scratch of the join: covers worth adding to, digits left and taken, least price per row. */
  active: Int32Array;
  left: Int32Array;
  own: Int32Array;
  rowMin: Float64Array;
}

/** Arrays that only grow. */
export const createCover = (): Cover => ({
  length: 0,
  spent: false,
  lattice: createLattice(),
  slot: createSlotCover(),
  least: new Float64Array(0),
  share: new Int32Array(0),
  server: new Int32Array(0),
  priced: -1,
  active: new Int32Array(0),
  left: new Int32Array(0),
  own: new Int32Array(0),
  rowMin: new Float64Array(0),
});

/** Steps that the core may take: by estimate in a slot, and as counted in all. */
export interface CoverLimits {
  readonly slotSteps: number;
  readonly steps: number;
}

/**
 * Prepares the core on the finest lattice within its estimate of steps per slot.
 * @returns whether there is one (an exact one, if `exactOnly`).
 */
export function resetCover(cover: Cover, problem: Problem, slotsMax: number, limits: CoverLimits, exactOnly: boolean): boolean {
  cover.length = 0;
  cover.spent = false;
  cover.priced = -1;
  cover.slot.steps = 0;
  cover.slot.stepsMax = limits.steps;
  if (!chooseLattice(problem, cover.lattice, limits.slotSteps, exactOnly)) return false;
  const { coverCount, stateCount } = cover.lattice;
  reserveSlotCover(cover.slot, coverCount, stateCount);
  cover.least = float64(cover.least, coverCount);
  cover.share = int32(cover.share, coverCount * slotsMax);
  cover.server = int32(cover.server, coverCount * slotsMax);
  cover.active = int32(cover.active, coverCount);
  cover.rowMin = float64(cover.rowMin, coverCount);
  for (const name of ['left', 'own'] as const) cover[name] = int32(cover[name], cover.lattice.length);
  cover.least.fill(Infinity, 0, coverCount);
  cover.least[0] = 0;
  return true;
}

/** Least price of the whole job by the last covered slot. */
export const leastOfCover = ({ lattice, least }: Cover): number => least[lattice.coverCount - 1];

/** Extends the pass by the next opened slot, unless that takes more steps than it has. @returns whether it did. */
export function coverSlot(problem: Problem, cover: Cover): boolean {
  const t = cover.length;
  const { slot, lattice } = cover;
  const isPriced = cover.priced >= 0 && sameSlot(problem, cover.priced, t);
  const before = slot.steps;
  cover.spent = cover.spent || slot.steps > slot.stepsMax || !(isPriced || priceCovers(problem, slot, lattice, t));
  if (!cover.spent) slot.steps += takeSlot(cover, t);
  problem.steps += slot.steps - before;
  return !cover.spent;
}

/** Joins the priced slot. @returns the steps that it took. */
function takeSlot(cover: Cover, t: number): number {
  const { slot, server, lattice } = cover;
  const { coverCount } = lattice;
  cover.length++;
  cover.priced = t;
  for (let c = 0, at = t * coverCount; c < coverCount; c++, at++) server[at] = slot.server[c];
  return joinCovers(cover, t);
}

/**
 * least'[c + c'] = min(least[c] + price[c']). What cannot be part of a better plan is left out: covers that cost no less than a cover with
 * one level more (training less never costs more), and sums that cost no less than the whole job by now.
 * @returns the steps that it took.
 */
function joinCovers(cover: Cover, t: number): number {
  const { coverCount, levels, length } = cover.lattice;
  cover.share.fill(0, t * coverCount, (t + 1) * coverCount);
  const rowLength = levels[length - 1] + 1;
  minimaOfRows(cover.slot.cheapest, cover.rowMin, rowLength, coverCount);
  const active = listActive(cover);
  let steps = coverCount * (length + 3);
  for (let i = 0; i < active; i++) steps += joinAfter(cover, t, cover.active[i], rowLength);
  return steps;
}

/** Least price in each row (covers that differ in the last digit only), the empty cover left out. */
function minimaOfRows(price: Float64Array, rowMin: Float64Array, rowLength: number, coverCount: number): void {
  for (let row = 0, at = 0; at < coverCount; row++) {
    let least = Infinity;
    for (let end = at + rowLength; at < end; at++) if (at > 0 && price[at] < least) least = price[at];
    rowMin[row] = least;
  }
}

/** Lists the covers worth adding to, fullest first, so that `least` still holds the slot before's value when each is visited. */
function listActive({ lattice, least, active }: Cover): number {
  const { coverCount, weight, levels, length } = lattice;
  let count = 0;
  for (let c = coverCount - 2; c >= 0; c--) {
    const base = least[c];
    if (base >= least[coverCount - 1]) continue;
    let beaten = false;
    for (let entry = 0, rest = c; entry < length && !beaten; entry++) {
      const digit = (rest / weight[entry]) | 0;
      rest -= digit * weight[entry];
      beaten = digit < levels[entry] && least[c + weight[entry]] <= base;
    }
    if (!beaten) active[count++] = c;
  }
  return count;
}

/** Adds every cover that fits beside `before`: an odometer over all digits but the last, whose row is the inner loop. @returns the covers. */
function joinAfter(cover: Cover, t: number, before: number, rowLength: number): number {
  const { least, share, left, own, rowMin } = cover;
  const { weight, levels, length, coverCount } = cover.lattice;
  const price = cover.slot.cheapest;
  const base = least[before];
  const full = coverCount - 1;
  const at = t * coverCount + before;
  let covers = 1;
  for (let entry = 0, rest = before; entry < length; entry++) {
    const digit = (rest / weight[entry]) | 0;
    rest -= digit * weight[entry];
    left[entry] = levels[entry] - digit;
    covers *= left[entry] + 1;
    own[entry] = 0;
  }
  const last = left[length - 1];
  for (let part = 0, row = 0, entry = 0; entry >= 0; row = (part / rowLength) | 0) {
    if (base + rowMin[row] < least[full]) {
      for (let here = part === 0 ? 1 : part, end = part + last; here <= end; here++) {
        const cost = base + price[here];
        if (cost < least[before + here]) {
          least[before + here] = cost;
          share[at + here] = here;
        }
      }
    }
    for (entry = length - 2; entry >= 0 && own[entry] === left[entry]; entry--) {
      part -= own[entry] * weight[entry];
      own[entry] = 0;
    }
    if (entry >= 0) {
      own[entry]++;
      part += weight[entry];
    }
  }
  return covers;
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
