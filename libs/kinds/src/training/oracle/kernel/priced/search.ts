import { copyPlan } from '../plan.js';
import type { Problem } from '../problem.js';
import type { Spread } from '../spread.js';
import { searchBeam, type Width } from './beam.js';
import { certify } from './certify.js';
import { climbPrices, isClosed, isOpen, takeTrial } from './climb.js';
import { copyPrices, scalePrices } from './dual.js';
import { openLane, priceLane } from './lanes.js';
import { tableSteps } from './slot-table.js';
import { passSites } from './site-pass.js';
import { type Effort, evaluate, LANES_MAX, mayGoOn, priceLanes, resetPriced, stepsOf, type Priced } from './state.js';
import { reseat, reshape } from './structure.js';

const NARROW: Width = { labels: 30, extensions: 500 };
/** For a gap that stays open, and where there is no plan at all. */
const BROAD: Width = { labels: 100, extensions: 2000 };
const WIDE: Width = { labels: 300, extensions: 6000 };
/** Slots over which floors are proven: beyond, that would take as long as searching. */
const CERTIFIED_SLOTS_MAX = 64;
const SHAKES = [0.75, 1.3];

/** The least that a chunk costs on average in the slot spread last. */
export function rateOf({ curve, most }: Spread): number {
  let least = Infinity;
  for (let n = 1; n <= most; n++) least = Math.min(least, curve[n] / n);
  return least;
}

/**
 * Begins a search by the slots opened so far, without a plan. @param rate per slot: what a chunk costs there at best.
 * @returns false where not even a beginning is within the steps of that effort.
 */
export function openPriced(problem: Problem, priced: Priced, rate: Float64Array, effort: Effort): boolean {
  resetPriced(priced, problem);
  openSlots(problem, priced, rate);
  priced.effort = effort;
  let steps = 0;
  for (let lane = 0; lane < priced.lanes.count; lane++)
    if (priced.lanes.first[lane] === lane) steps += tableSteps(problem, priced.lanes.slot[lane]);
  return 2 * steps <= effort.stepsMax;
}

/** What plans must cost less than to be of use, and what is known of that. */
export interface Use {
  readonly below: number;
  /** Per slot: what plans that end there cost at least; raised where more is proven. */
  readonly floors: Float64Array;
}

/**
 * Looks for a plan cheaper than `best` and leaves it there. Depends on the slots opened and on that plan alone, but that it ends early where prices of homes prove
 * that no plan that ends in the last slot is of use. @returns false then.
 */
export function searchPriced(problem: Problem, priced: Priced, { below, floors }: Use): boolean {
  let isOfUse = true;
  if (hasRoom(problem, priced) && climbPrices(problem, priced) && !isClosed(priced)) {
    if (priced.bound >= below) provePriced(problem, priced, problem.slotCount, floors);
    isOfUse = floors[problem.slotCount - 1] < below;
    if (isOfUse) improve(problem, priced);
  }
  problem.steps += stepsOf(priced);
  return isOfUse;
}

/** What the prices of homes found last prove, for slots up to `slotCount`, those of that search. What that takes does not count as searching. */
export function provePriced(problem: Problem, priced: Priced, slotCount: number, floors: Float64Array): void {
  const { certificate, table, dual, lanes } = priced;
  if (lanes.count === 0 || slotCount > CERTIFIED_SLOTS_MAX) return;
  const before = { table: table.steps, dual: dual.steps };
  copyPrices(problem, dual.bestNu, dual.nu);
  certify(problem, certificate, { table, dual, lanes, slotCount }, floors);
  problem.steps += table.steps - before.table + dual.steps - before.dual;
  table.steps = before.table;
  dual.steps = before.dual;
}

/** Opens a lane for each slot that can train anything; where those are too many, for the last slot and the cheapest of the others. */
function openSlots(problem: Problem, priced: Priced, rate: Float64Array): void {
  const last = problem.slotCount - 1;
  let spare = -LANES_MAX;
  for (let t = 0; t <= last; t++) if (mayServe(problem, t)) spare++;
  for (let t = 0; t <= last; t++) {
    if (!mayServe(problem, t) || (spare > 0 && t < last && isAmongDearest(problem, rate, t, spare))) continue;
    openLane(problem, priced.lanes, t);
    priced.dearest += dearestOf(problem, t);
  }
}

/** Whether fewer than `count` slots before the last cost more a chunk than slot t, the later of equals the dearer. */
function isAmongDearest(problem: Problem, rate: Float64Array, t: number, count: number): boolean {
  let dearer = 0;
  for (let other = 0; other < problem.slotCount - 1; other++)
    if (mayServe(problem, other) && (rate[other] > rate[t] || (rate[other] === rate[t] && other > t))) dearer++;
  return dearer < count;
}

/** Whether slot t can train anything. */
function mayServe({ siteCount, room, roomBesidePs }: Problem, t: number): boolean {
  let most = 0;
  let server = -1;
  for (let site = 0, at = t * siteCount; site < siteCount; site++, at++) {
    most = Math.max(most, room[at]);
    server = Math.max(server, roomBesidePs[at]);
  }
  return most > 0 && server >= 0;
}

/** More than slot t adds to any plan's price. */
function dearestOf({ siteCount, alpha, budgetKB, workerCost, workersFor, room, psCost, roomBesidePs }: Problem, t: number): number {
  let dearest = alpha[t] * budgetKB[t];
  let server = 0;
  for (let site = 0, at = t * siteCount; site < siteCount; site++, at++) {
    dearest += workerCost[at] * workersFor[Math.max(0, room[at])];
    if (roomBesidePs[at] >= 0) server = Math.max(server, psCost[at]);
  }
  return dearest + server;
}

/** Chunks that find room in slot t, bandwidth and servers aside. */
export function roomOf({ siteCount, total, room }: Problem, t: number): number {
  let chunks = 0;
  for (let site = 0, at = t * siteCount; site < siteCount; site++, at++) chunks += room[at];
  return Math.min(total, chunks);
}

/** Whether all chunks find room in the lanes. */
function hasRoom(problem: Problem, { lanes }: Priced): boolean {
  let chunks = 0;
  for (let lane = 0; lane < lanes.count; lane++) chunks += roomOf(problem, lanes.slot[lane]);
  return chunks >= problem.total;
}

/** Looks for cheaper plans around the best prices, as long as the gap is not closed. */
function improve(problem: Problem, priced: Priced): void {
  const { best } = priced;
  combine(problem, priced, priced.bound);
  passBest(problem, priced);
  for (let round = 0; round < priced.effort.rounds && best.length > 0 && !isClosed(priced) && mayGoOn(priced); round++) {
    const before = best.cost;
    priceWithQuotas(problem, priced, round % 2 === 1);
    combine(problem, priced, priced.bound);
    passBest(problem, priced);
    if (best.cost >= before - 1e-3 && round % 2 === 1) break;
  }
  if (best.length === 0 || !isOpen(priced)) return;
  shake(problem, priced);
  if (!isOpen(priced) || !mayGoOn(priced)) return;
  reshape(problem, priced);
  if (!isOpen(priced) || !mayGoOn(priced)) return;
  combine(problem, priced, priced.bound, BROAD);
  passBest(problem, priced);
  if (isOpen(priced)) reseat(problem, priced);
}

/** Puts plans together from patterns, at the prices of the last pass back. */
function combine(problem: Problem, priced: Priced, bound: number, width = NARROW): void {
  const { beam, pool, dual, lanes, best, trial } = priced;
  searchBeam(problem, beam, pool, dual, lanes, bound, best.cost, width, trial);
  if (beam.best >= 0) takeTrial(problem, priced, trial);
  if (best.length > 0 || !mayGoOn(priced)) return;
  searchBeam(problem, beam, pool, dual, lanes, bound, best.cost, WIDE, trial);
  if (beam.best >= 0) takeTrial(problem, priced, trial);
}

/** Re-spreads the best plan's sites over its slots. */
function passBest(problem: Problem, priced: Priced): void {
  const { best, trial, sites } = priced;
  if (best.length === 0 || isClosed(priced)) return;
  copyPlan(best, trial, problem.siteCount);
  passSites(problem, sites, trial);
  takeTrial(problem, priced, trial);
}

/** Prices every lane for what the best plan leaves it: its own homes and those that no slot takes. New patterns go to the pool. */
function priceWithQuotas(problem: Problem, priced: Priced, free: boolean): void {
  const { siteCount, homes } = problem;
  const { best, lanes, quota, left, table, pool, dual, zero } = priced;
  for (let site = 0; site < siteCount; site++) {
    left[site] = homes[site];
    for (let row = 0; row < best.length; row++) left[site] -= best.credits[row * siteCount + site];
  }
  for (let lane = 0, row = 0; lane < lanes.count; lane++) {
    while (row < best.length && best.slot[row] < lanes.slot[lane]) row++;
    const isUsed = row < best.length && best.slot[row] === lanes.slot[lane];
    for (let site = 0; site < siteCount; site++) quota[site] = left[site] + (isUsed ? best.credits[row * siteCount + site] : 0);
    priceLane(problem, table, pool, lanes, lane, quota, free ? zero : dual.nu);
  }
  evaluate(problem, priced);
}

/** Looks around at lower and at higher prices of homes. */
function shake(problem: Problem, priced: Priced): void {
  const { dual } = priced;
  for (const factor of SHAKES) {
    if (!isOpen(priced) || !mayGoOn(priced)) break;
    copyPrices(problem, dual.bestNu, dual.nu);
    scalePrices(problem, dual, factor);
    priceLanes(problem, priced);
    const bound = evaluate(problem, priced);
    if (bound > priced.bound && bound < Infinity) {
      priced.bound = bound;
      copyPrices(problem, dual.nu, dual.bestNu);
    }
    if (bound < Infinity) combine(problem, priced, bound);
    passBest(problem, priced);
  }
  copyPrices(problem, dual.bestNu, dual.nu);
  evaluate(problem, priced);
}
