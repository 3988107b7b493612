import { createPlan, resetPlan, type Plan } from '../plan.js';
import { float64, int32, type Problem } from '../problem.js';
import { createCertificate } from './certify.js';
import { createBeam, resetBeam } from './beam-state.js';
import { createDual, passBack, resetDual, worthOfHomes } from './dual.js';
import { createLanes, priceLane, resetLanes, shareCurves } from './lanes.js';
import { createPool, reducePool, resetPool } from './pool.js';
import { createSitePass, resetSitePass } from './site-pass.js';
import { createSlotTable, resetSlotTable } from './slot-table.js';

/** Lanes that a search keeps at most. */
export const LANES_MAX = 24;

/** How thorough a search is. */
export interface Effort {
  /** Steps after which no other part of the work is begun. */
  readonly stepsMax: number;
  /** Rounds of pricing slots for what the best plan leaves them. */
  readonly rounds: number;
  /** Share of the price: where the gap is wider, dear ways of improving a plan are tried. */
  readonly open: number;
}

/** Servers that are tried in a slot. */
export const SERVERS_MAX = 3;

/** Plans that are tried when slots are closed and opened and servers moved, and a slot's most promising servers. */
export interface Structure {
  readonly trial: Plan;
  readonly best: Plan;
  readonly servers: Int32Array;
  readonly promise: Float64Array;
}

/** A search without a job. */
export const createPriced = () => ({
  table: createSlotTable(),
  pool: createPool(),
  lanes: createLanes(),
  dual: createDual(),
  beam: createBeam(),
  sites: createSitePass(),
  certificate: createCertificate(),
  structure: {
    trial: createPlan(),
    best: createPlan(),
    servers: new Int32Array(SERVERS_MAX),
    promise: new Float64Array(SERVERS_MAX),
  } as Structure,
  /** The cheapest plan so far, and scratch. */
  best: createPlan(),
  trial: createPlan(),
  /** What all chunks cost at least at the best prices of homes, as far as the curves know. */
  bound: -Infinity,
  /** Above the price of any plan by now. */
  dearest: 0,
  effort: { stepsMax: 0, rounds: 0, open: 0 } as Effort,
  /** Scratch: what a slot may take of each home, and what no slot takes. */
  quota: new Int32Array(0) as Int32Array,
  left: new Int32Array(0) as Int32Array,
  zero: new Float64Array(0) as Float64Array,
});

/** A search of a large job: homes are priced, plans put together from what slots could do at such prices. */
export type Priced = ReturnType<typeof createPriced>;

/** Begins anew with no slots, for as many as are open. */
export function resetPriced(priced: Priced, problem: Problem): void {
  const slotsMax = problem.slotCount;
  const lanesMax = Math.min(slotsMax, LANES_MAX);
  resetSlotTable(priced.table, problem);
  resetPool(priced.pool, problem, lanesMax);
  resetLanes(priced.lanes, problem, lanesMax);
  resetDual(priced.dual, problem, lanesMax);
  resetBeam(priced.beam, problem);
  resetSitePass(priced.sites, problem, Math.min(slotsMax, problem.total));
  for (const plan of [priced.best, priced.trial, priced.structure.trial, priced.structure.best]) resetPlan(plan, problem, slotsMax);
  priced.bound = -Infinity;
  priced.dearest = 0;
  priced.quota = int32(priced.quota, problem.siteCount);
  priced.left = int32(priced.left, problem.siteCount);
  priced.zero = float64(priced.zero, problem.siteCount);
}

/** Work done so far, counted in comparisons. */
export const stepsOf = ({ table, pool, dual, beam, sites }: Priced): number =>
  table.steps + pool.steps + dual.steps + beam.steps + sites.steps;

/** Whether the search may begin another part of its work. */
export const mayGoOn = (priced: Priced): boolean => stepsOf(priced) < priced.effort.stepsMax;

/** Finds what slots could do at the prices of homes as they are. */
export function priceLanes(problem: Problem, { table, pool, lanes, dual }: Priced): void {
  for (let lane = 0; lane < lanes.count; lane++)
    if (lanes.first[lane] === lane) priceLane(problem, table, pool, lanes, lane, problem.homes, dual.nu);
}

/** @returns what all chunks cost at least by the patterns known, at the prices of homes as they are; Infinity where they do not fit. */
export function evaluate(problem: Problem, { pool, lanes, dual }: Priced, full = true): number {
  reducePool(pool, dual.nu, problem.siteCount);
  shareCurves(lanes, pool, dual.width);
  const least = passBack(dual, lanes, pool, full);
  return least < Infinity ? least - worthOfHomes(problem, dual) : Infinity;
}
