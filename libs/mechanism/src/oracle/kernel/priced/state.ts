import { createPlan, resetPlan } from '../plan.js';
import { float64, int32, type Problem } from '../problem.js';
import { createBeam, resetBeam } from './beam.js';
import { createDual, passBack, resetDual, worthOfHomes } from './dual.js';
import { createLanes, priceLane, resetLanes } from './lanes.js';
import { createPool, reducePool, resetPool } from './pool.js';
import { createSitePass, resetSitePass } from './site-pass.js';
import { createSlotTable, resetSlotTable } from './slot-table.js';
import { createStructure, resetStructure } from './structure.js';

/** Lanes that a search keeps: with more slots than these, the least promising are given up. */
export const LANES_MAX = 24;

export const createPriced = () => ({
  table: createSlotTable(),
  pool: createPool(),
  lanes: createLanes(),
  dual: createDual(),
  beam: createBeam(),
  sites: createSitePass(),
  structure: createStructure(),
  /** Slots looked at. */
  length: 0,
  /** Lanes ever used: the next one, unless one was given up. */
  used: 0,
  spare: -1,
  /** The cheapest plan so far, and scratch. */
  best: createPlan(),
  trial: createPlan(),
  /** What all chunks cost at least at the best prices of homes, as far as the curves know. */
  bound: -Infinity,
  /** Above the price of any plan by now. */
  dearest: 0,
  /** Scratch: what a slot may take of each home, and what no slot takes. */
  quota: new Int32Array(0) as Int32Array,
  left: new Int32Array(0) as Int32Array,
  zero: new Float64Array(0) as Float64Array,
});

/** A search of a large job: homes are priced, plans put together from what slots could do at such prices. */
export type Priced = ReturnType<typeof createPriced>;

/** Begins anew with no slots, of `slotsMax` at most. */
export function resetPriced(priced: Priced, problem: Problem, slotsMax: number): void {
  const lanesMax = Math.min(slotsMax, LANES_MAX) + 1;
  resetSlotTable(priced.table, problem);
  resetPool(priced.pool, problem, lanesMax);
  resetLanes(priced.lanes, problem, lanesMax);
  resetDual(priced.dual, problem, lanesMax);
  resetBeam(priced.beam, problem);
  resetSitePass(priced.sites, problem, lanesMax);
  resetStructure(priced.structure, problem, lanesMax);
  resetPlan(priced.best, problem, lanesMax);
  resetPlan(priced.trial, problem, lanesMax);
  priced.length = 0;
  priced.used = 0;
  priced.spare = -1;
  priced.bound = -Infinity;
  priced.dearest = 0;
  priced.quota = int32(priced.quota, problem.siteCount);
  priced.left = int32(priced.left, problem.siteCount);
  priced.zero = float64(priced.zero, problem.siteCount);
}

/** Work done so far, counted in comparisons. */
export const stepsOf = ({ table, pool, dual, beam, sites }: Priced): number =>
  table.steps + pool.steps + dual.steps + beam.steps + sites.steps;

/** Finds what slots could do at the prices of homes as they are: in all lanes, or in those only that were never priced. */
export function priceLanes(problem: Problem, { table, pool, lanes, dual }: Priced, all: boolean): void {
  for (let place = 0; place < lanes.count; place++) {
    const lane = lanes.order[place];
    if (all || lanes.known[lane] === 0) priceLane(problem, table, pool, lanes, lane, problem.homes, dual.nu);
  }
}

/** @returns what all chunks cost at least by the patterns known, at the prices of homes as they are; Infinity where they do not fit. */
export function evaluate(problem: Problem, { pool, lanes, dual }: Priced, full = true): number {
  reducePool(pool, dual.nu, problem.siteCount);
  const least = passBack(dual, lanes, pool, full);
  return least < Infinity ? least - worthOfHomes(problem, dual) : Infinity;
}
