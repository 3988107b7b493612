import { copyPlan } from '../plan.js';
import type { Problem } from '../problem.js';
import { searchBeam, type Width } from './beam.js';
import { climbPrices, isClosed, isOpen, takeTrial } from './climb.js';
import { copyPrices, leastThrough, passOn, scalePrices } from './dual.js';
import { closeLane, openLane, priceLane } from './lanes.js';
import { clearPool, isFull } from './pool.js';
import { passSites } from './site-pass.js';
import { evaluate, LANES_MAX, mayGoOn, priceLanes, PRICED_STEPS_MAX, SHARE_OF_SLOT, stepsOf, type Priced } from './state.js';
import { reshape } from './structure.js';

const NARROW: Width = { labels: 100, extensions: 2000 };
const WIDE: Width = { labels: 600, extensions: 12_000 };
const POLISH_MAX = 3;
const SHAKES = [0.75, 1.3];

/** Opens the next slot, the last of those opened so far. */
export function openSlot(problem: Problem, priced: Priced): void {
  const t = priced.length++;
  if (!mayServe(problem, t)) return;
  if (priced.lanes.count > LANES_MAX) giveUpLane(problem, priced);
  const lane = priced.spare >= 0 ? priced.spare : priced.used++;
  priced.spare = -1;
  openLane(priced.lanes, lane, t, problem.total);
  priced.pool.head.fill(-1, lane * priced.dual.width, (lane + 1) * priced.dual.width);
  priced.dearest += dearestOf(problem, t);
}

/** Looks for a cheaper plan by the slot opened last: afterwards `best` is the cheapest found by then. Depends on the slots up to then alone. */
export function searchSlot(problem: Problem, priced: Priced): void {
  const taken = stepsOf(priced);
  priced.stepsMax = taken + (PRICED_STEPS_MAX - taken) * SHARE_OF_SLOT;
  if (mayGoOn(priced) && roomOf(problem, priced) >= problem.total) solve(problem, priced);
  problem.steps += stepsOf(priced) - taken;
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

/** Chunks that fit into all lanes together, bandwidth aside. */
function roomOf({ siteCount, total, room }: Problem, { lanes }: Priced): number {
  let chunks = 0;
  for (let place = 0; place < lanes.count; place++) {
    const base = lanes.slot[lanes.order[place]] * siteCount;
    let here = 0;
    for (let site = 0; site < siteCount; site++) here += room[base + site];
    chunks += Math.min(total, here);
  }
  return chunks;
}

function solve(problem: Problem, priced: Priced): void {
  const { pool, lanes } = priced;
  if (isFull(pool)) {
    clearPool(pool);
    lanes.known.fill(0);
  }
  if (climbPrices(problem, priced) && !isClosed(priced)) improve(problem, priced);
}

/** Looks for cheaper plans around the best prices, as long as the gap is not closed. */
function improve(problem: Problem, priced: Priced): void {
  const { best } = priced;
  combine(problem, priced, priced.bound);
  passBest(problem, priced);
  for (let round = 0; round < POLISH_MAX && best.length > 0 && !isClosed(priced) && mayGoOn(priced); round++) {
    const before = best.cost;
    priceWithQuotas(problem, priced, round % 2 === 1);
    combine(problem, priced, priced.bound);
    passBest(problem, priced);
    if (best.cost >= before - 1e-3 && round % 2 === 1) break;
  }
  if (best.length === 0 || !isOpen(priced)) return;
  shake(problem, priced);
  if (!isOpen(priced) || !mayGoOn(priced) || !reshape(problem, priced)) return;
  combine(problem, priced, priced.bound);
  passBest(problem, priced);
}

/** Puts plans together from patterns, at the prices of the last pass back. */
function combine(problem: Problem, priced: Priced, bound: number): void {
  const { beam, pool, dual, lanes, best, trial } = priced;
  searchBeam(problem, beam, pool, dual, lanes, bound, best.cost, NARROW, trial);
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
  for (let place = 0, row = 0; place < lanes.count; place++) {
    const lane = lanes.order[place];
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
    priceLanes(problem, priced, true);
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

/** Gives up a lane that the best plan does not use: the one that the cheapest way to use it makes dearest. */
function giveUpLane(problem: Problem, priced: Priced): void {
  const { lanes, best, dual, pool } = priced;
  const { width, before, rest } = dual;
  evaluate(problem, priced);
  passOn(dual, lanes, pool);
  let dearest = -1;
  let worst = 0;
  for (let place = 0, row = 0; place < lanes.count; place++) {
    const lane = lanes.order[place];
    while (row < best.length && best.slot[row] < lanes.slot[lane]) row++;
    if (row < best.length && best.slot[row] === lanes.slot[lane]) continue;
    let least = Infinity;
    for (let n = 1; n < width; n++) {
      const cost = pool.least[lane * width + n];
      if (cost < Infinity) least = Math.min(least, cost + leastThrough(before, place * width, rest, (place + 1) * width, width - 1 - n));
    }
    if (least <= dearest) continue;
    dearest = least;
    worst = place;
  }
  priced.spare = closeLane(lanes, worst);
}
