import type { Plan } from './plan.js';
import type { Problem } from './problem.js';

/** A job of one chunk, exactly, at any size: one worker's site and one server's site in one slot, found in one pass over the sites. */
export interface Single {
  /** Slots looked at. */
  length: number;
  /** The cheapest by then: price, slot, server's site, workers' site. */
  cost: number;
  slot: number;
  ps: number;
  place: number;
}

/** A search that has seen no slot. */
export const createSingle = (): Single => ({ length: 0, cost: Infinity, slot: -1, ps: -1, place: -1 });

/** Begins a job: no slot is looked at yet. */
export function resetSingle(single: Single): void {
  single.length = 0;
  single.cost = Infinity;
  single.slot = -1;
}

/** Steps of looking at a slot. */
export const singleSteps = (siteCount: number): number => 6 * siteCount;

/** The cheapest server's site in slot t, `but` left out; -1 where there is none. */
function cheapestServer({ siteCount, roomBesidePs, psCost }: Problem, t: number, but: number): number {
  let best = -1;
  for (let site = 0, at = t * siteCount; site < siteCount; site++, at++)
    if (site !== but && roomBesidePs[at] >= 0 && (best < 0 || psCost[at] < psCost[t * siteCount + best])) best = site;
  return best;
}

/** Looks at the next opened slot: for every site its own server and the cheapest other one. */
export function lookForSingle(problem: Problem, single: Single): void {
  const { siteCount, room, roomBesidePs, workerCost, psCost, workersFor, homes, chunkKB, parameterKB } = problem;
  const t = single.length++;
  const base = t * siteCount;
  const alpha = problem.alpha[t];
  const budget = problem.budgetKB[t];
  const workers = workersFor[1];
  const first = cheapestServer(problem, t, -1);
  const second = cheapestServer(problem, t, first);
  problem.steps += singleSteps(siteCount);
  for (let place = 0, at = base; place < siteCount; place++, at++) {
    const movedKB = homes[place] > 0 ? 0 : chunkKB;
    const beside = psCost[at] + workers * workerCost[at] + movedKB * alpha;
    if (roomBesidePs[at] > 0 && movedKB <= budget && beside < single.cost) take(single, beside, t, place, place);
    const ps = place === first ? second : first;
    const sentKB = movedKB + workers * parameterKB;
    if (room[at] <= 0 || ps < 0 || sentKB > budget) continue;
    const away = psCost[base + ps] + workers * workerCost[at] + sentKB * alpha;
    if (away < single.cost) take(single, away, t, ps, place);
  }
}

function take(single: Single, cost: number, slot: number, ps: number, place: number): void {
  single.cost = cost;
  single.slot = slot;
  single.ps = ps;
  single.place = place;
}

/** Writes the cheapest as a plan of one row. */
export function readSingle({ siteCount, homes }: Problem, single: Single, plan: Plan): void {
  plan.length = 1;
  plan.cost = single.cost;
  plan.slot[0] = single.slot;
  plan.ps[0] = single.ps;
  plan.counts.fill(0, 0, siteCount);
  plan.credits.fill(0, 0, siteCount);
  plan.counts[single.place] = 1;
  plan.credits[single.place] = homes[single.place];
}
