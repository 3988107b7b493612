import type { Problem } from '../problem.js';
import { copyPlan, type Plan } from '../plan.js';
import { climb, copyPrices, limitLanes, worthOfHomes } from './dual.js';
import { shareOf } from './sums.js';
import { evaluate, mayGoOn, priceLanes, type Priced } from './state.js';

/** Times that all lanes are priced. */
const CLIMBS = 14;
/** Steps up in between, by the patterns known. */
const ASCENT_STEPS = 20;
/** Steps without a higher bound before a shorter one, and the shortest; what so many steps must gain, a share of the bound. */
const STALLS_MAX = 3;
const SCALE_MIN = 0.03;
const SLOW = 0.003;
/** Shares of the price: a gap that is closed; what is left to climb that is not worth a step. */
const CLOSED = 0.005;
const LEVEL = 0.003;

/** Whether the best plan is so near to the bound that nothing more is looked for. */
export const isClosed = ({ best, bound }: Priced): boolean => best.cost < Infinity && best.cost - bound <= CLOSED * best.cost + 1;
/** Whether the best plan is so far from the bound that the dear ways of improving it are tried. */
export const isOpen = ({ best, bound, effort }: Priced): boolean => best.cost - bound > effort.open * best.cost;

/**
 * Climbs to the best prices of homes for the lanes there are, and keeps any plan that it comes by. Pricing all lanes
 * is dear, so that each time the patterns known are made the most of first, by steps that price patterns only.
 * @returns whether a search for plans is worth it: not where the chunks do not fit, or the bound lies above any plan's price.
 */
export function climbPrices(problem: Problem, priced: Priced): boolean {
  const { dual, lanes, best, pool } = priced;
  let reach = 0.5;
  for (let step = 0; step < CLIMBS && mayGoOn(priced); step++) {
    priceLanes(problem, priced);
    const bound = evaluateFreely(problem, priced);
    if (bound === Infinity || (best.length === 0 && bound > priced.dearest * (1 + 1e-9) + 1)) return false;
    readShares(problem, priced);
    if (bound > priced.bound) {
      priced.bound = bound;
      copyPrices(problem, dual.nu, dual.bestNu);
    }
    if (isClosed(priced)) break;
    if (best.cost < Infinity && bound > 0.5 * best.cost) limitLanes(dual, lanes, pool, 1.1 * best.cost + worthOfHomes(problem, dual));
    const top = ascend(problem, priced, reach);
    if (best.length > 0 && top - priced.bound <= LEVEL * best.cost) break;
    if (best.length === 0) reach *= 1.6;
  }
  copyPrices(problem, dual.bestNu, dual.nu);
  evaluate(problem, priced);
  return true;
}

/** As `evaluate`, but where the chunks do not fit because lanes are limited, without limits. */
function evaluateFreely(problem: Problem, priced: Priced): number {
  const { lanes } = priced;
  const bound = evaluate(problem, priced);
  if (bound < Infinity) return bound;
  lanes.limit.fill(problem.total, 0, lanes.limit.length);
  priceLanes(problem, priced);
  return evaluate(problem, priced);
}

/** Steps up from the best prices by the patterns known. @returns the highest bound by these; its prices are the prices afterwards. */
function ascend(problem: Problem, priced: Priced, reach: number): number {
  const { dual, best } = priced;
  let top = -Infinity;
  let before = -Infinity;
  let scale = 1;
  let stalls = 0;
  copyPrices(problem, dual.bestNu, dual.nu);
  for (let step = 0; step < ASCENT_STEPS && mayGoOn(priced); step++) {
    const value = evaluate(problem, priced, false);
    readShares(problem, priced);
    if (value > top + 1e-3) {
      top = value;
      copyPrices(problem, dual.nu, dual.topNu);
      stalls = 0;
    } else if (++stalls >= STALLS_MAX) {
      scale /= 2;
      if (scale < SCALE_MIN || top - before < SLOW * Math.abs(top)) break;
      before = top;
      stalls = 0;
      copyPrices(problem, dual.topNu, dual.nu);
    }
    const target = Math.min(best.cost, 1.05 * priced.dearest, top + Math.max(1e6, reach * Math.abs(top)));
    if (!climb(problem, dual, value, target, scale)) break;
  }
  copyPrices(problem, dual.topNu, dual.nu);
  return top;
}

/** Reads the shares of the last pass back: what they take of the homes, and the plan if it is one and cheaper than the best. */
export function readShares(problem: Problem, priced: Priced): void {
  const { siteCount, homes, chunkKB, total } = problem;
  const { dual, lanes, pool, trial } = priced;
  const { width, rest, taken } = dual;
  taken.fill(0, 0, siteCount);
  trial.length = 0;
  let cost = 0;
  let m = total;
  for (let lane = 0; lane < lanes.count; lane++) {
    const here = lane * width;
    const n = shareOf(pool.least, here, rest, here + width, m, here + m);
    m -= n;
    if (n === 0) continue;
    const x = pool.cheapest[here + n];
    const t = lanes.slot[lane];
    let over = 0;
    for (let site = 0, cell = x * siteCount, to = trial.length * siteCount; site < siteCount; site++, cell++, to++) {
      const own = Math.min(pool.h[cell], homes[site] - Math.min(homes[site], taken[site]));
      over += pool.h[cell] - own;
      taken[site] += pool.h[cell];
      trial.counts[to] = pool.y[cell];
      trial.credits[to] = own;
    }
    trial.slot[trial.length] = t;
    trial.ps[trial.length++] = pool.ps[x];
    const fits = pool.kb[x] + over * chunkKB <= problem.budgetKB[t];
    cost += fits ? pool.cost[x] + over * chunkKB * problem.alpha[t] : Infinity;
  }
  trial.cost = cost;
  takeTrial(problem, priced, trial);
}

/** Takes a plan over as the best where it is cheaper. */
export function takeTrial({ siteCount }: Problem, { best }: Priced, trial: Plan): boolean {
  if (trial.cost >= best.cost - 1e-3) return false;
  copyPlan(trial, best, siteCount);
  return true;
}
