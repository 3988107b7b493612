import { invariant } from '#units';
import type { Schedule, SlotPlan, Move } from '../../job.js';
import { float64, int32, type Problem } from './problem.js';

/**
 * A plan: for each active slot (ascending) the parameter server's site, the chunks processed per site, and how many of them are that
 * site's own (credits: they cost no bandwidth). Row i belongs to the i-th active slot.
 */
export interface Plan {
  length: number;
  cost: number;
  slot: Int32Array;
  ps: Int32Array;
  /** Chunks per row and site. */
  counts: Int32Array;
  credits: Int32Array;
}

/** An empty plan. */
export const createPlan = (): Plan => ({
  length: 0,
  cost: Infinity,
  slot: new Int32Array(0),
  ps: new Int32Array(0),
  counts: new Int32Array(0),
  credits: new Int32Array(0),
});

/** An empty plan with room for as many active slots as can matter. */
export function resetPlan(plan: Plan, problem: Problem, slotsMax: number): void {
  const rows = Math.min(slotsMax, problem.total);
  plan.length = 0;
  plan.cost = Infinity;
  plan.slot = int32(plan.slot, rows);
  plan.ps = int32(plan.ps, rows);
  plan.counts = int32(plan.counts, rows * problem.siteCount);
  plan.credits = int32(plan.credits, rows * problem.siteCount);
}

/** Makes `to` the same plan as `from`. */
export function copyPlan(from: Plan, to: Plan, siteCount: number): void {
  to.length = from.length;
  to.cost = from.cost;
  for (let row = 0; row < from.length; row++) {
    to.slot[row] = from.slot[row];
    to.ps[row] = from.ps[row];
  }
  for (let at = 0; at < from.length * siteCount; at++) {
    to.counts[at] = from.counts[at];
    to.credits[at] = from.credits[at];
  }
}

/** Traffic of one row, kB: chunks that are not at home, workers that are not beside the parameter server (V5). */
export function trafficOfRow(problem: Problem, plan: Plan, row: number): number {
  let moved = 0;
  let away = 0;
  for (let site = 0, at = row * problem.siteCount; site < problem.siteCount; site++, at++) {
    if (plan.counts[at] === 0) continue;
    moved += plan.counts[at] - plan.credits[at];
    if (site !== plan.ps[row]) away += problem.workersFor[plan.counts[at]];
  }
  return moved * problem.chunkKB + away * problem.parameterKB;
}

/** Price of a plan in micro-credits, Infinity where a slot's traffic exceeds what is left of its budget. */
export function costOfPlan(problem: Problem, plan: Plan): number {
  let cost = 0;
  for (let row = 0; row < plan.length; row++) {
    const t = plan.slot[row];
    const traffic = trafficOfRow(problem, plan, row);
    if (traffic > problem.budgetKB[t]) return Infinity;
    const base = t * problem.siteCount;
    cost += traffic * problem.alpha[t] + problem.psCost[base + plan.ps[row]];
    for (let site = 0, at = row * problem.siteCount; site < problem.siteCount; site++, at++)
      if (plan.counts[at] > 0) cost += problem.workersFor[plan.counts[at]] * problem.workerCost[base + site];
  }
  return cost;
}

/**
 * Keeps at home what would be shipped out of a site in one slot and into it in another: less traffic, nothing else changes. Afterwards no
 * site both sends and receives.
 */
export function keepAtHome(problem: Problem, plan: Plan): void {
  const { siteCount, homes } = problem;
  for (let site = 0; site < siteCount; site++) {
    let left = homes[site];
    for (let row = 0; row < plan.length; row++) left -= plan.credits[row * siteCount + site];
    for (let row = 0; row < plan.length && left > 0; row++) {
      const at = row * siteCount + site;
      const kept = Math.min(left, plan.counts[at] - plan.credits[at]);
      plan.credits[at] += kept;
      left -= kept;
    }
  }
}

/** Steps that shifting credits may take in one dealing. */
export const RELIEF_STEPS_MAX = 50_000;

/** Scratch for dealing homes: rows by falling bandwidth price. */
export interface Dealer {
  /** Steps that shifting credits may take in one dealing, and those that are left. */
  stepsMax: number;
  stepsLeft: number;
  order: Int32Array;
  traffic: Float64Array;
}
/** Arrays that only grow. */
export const createDealer = (stepsMax: number): Dealer => ({
  stepsMax,
  stepsLeft: 0,
  order: new Int32Array(0),
  traffic: new Float64Array(0),
});

/**
 * Given what is processed where, lets each site's own chunks stay at home in the slots where bandwidth is dearest: the cheapest dealing,
 * bandwidth budgets aside. Then shifts credits from slots with room to slots over their budget.
 */
export function assignHomes(problem: Problem, plan: Plan, dealer: Dealer): void {
  const { siteCount, homes } = problem;
  dealer.order = int32(dealer.order, plan.length);
  dealer.traffic = float64(dealer.traffic, plan.length);
  for (let row = 0; row < plan.length; row++) {
    let at = row;
    for (; at > 0 && problem.alpha[plan.slot[dealer.order[at - 1]]] < problem.alpha[plan.slot[row]]; at--)
      dealer.order[at] = dealer.order[at - 1];
    dealer.order[at] = row;
  }
  problem.steps += plan.length * (plan.length + 4 * siteCount);
  for (let site = 0; site < siteCount; site++) {
    let left = homes[site];
    for (let i = 0; i < plan.length; i++) {
      const at = dealer.order[i] * siteCount + site;
      plan.credits[at] = Math.min(left, plan.counts[at]);
      left -= plan.credits[at];
    }
  }
  for (let row = 0; row < plan.length; row++) dealer.traffic[row] = trafficOfRow(problem, plan, row);
  dealer.stepsLeft = dealer.stepsMax;
  for (let row = 0; row < plan.length; row++)
    if (dealer.traffic[row] > problem.budgetKB[plan.slot[row]]) relieve(problem, plan, dealer, row);
  if (dealer.stepsLeft < dealer.stepsMax) problem.steps += dealer.stepsMax - dealer.stepsLeft;
}

/** Shifts credits to a row that is over its budget from rows that have room for one more move. */
function relieve(problem: Problem, plan: Plan, dealer: Dealer, row: number): void {
  const { siteCount, chunkKB, budgetKB } = problem;
  for (let site = 0; site < siteCount; site++) {
    const at = row * siteCount + site;
    for (let other = 0; other < plan.length && plan.credits[at] < plan.counts[at]; other++) {
      if (--dealer.stepsLeft <= 0) return;
      const from = other * siteCount + site;
      while (
        other !== row &&
        plan.credits[from] > 0 &&
        plan.credits[at] < plan.counts[at] &&
        dealer.traffic[other] + chunkKB <= budgetKB[plan.slot[other]]
      ) {
        if (dealer.traffic[row] <= budgetKB[plan.slot[row]]) return;
        dealer.stepsLeft--;
        plan.credits[from]--;
        plan.credits[at]++;
        dealer.traffic[other] += chunkKB;
        dealer.traffic[row] -= chunkKB;
      }
    }
  }
}

/**
 * A plan as a schedule: chunks beyond a site's credits come from homes that are not covered yet, in site order. Covers every home
 * exactly (V1) because credits and moves of a home sum to its chunks.
 */
export function scheduleOf(problem: Problem, plan: Plan, firstSlot: number): Schedule {
  const { siteCount, homes } = problem;
  const left: number[] = [];
  for (let site = 0; site < siteCount; site++) left.push(homes[site]);
  for (let row = 0, at = 0; row < plan.length; row++) for (let site = 0; site < siteCount; site++, at++) left[site] -= plan.credits[at];
  const schedule: SlotPlan[] = [];
  for (let row = 0, home = 0; row < plan.length; row++) {
    const workers: number[] = [];
    const credits: number[] = [];
    const moves: Move[] = [];
    for (let place = 0, at = row * siteCount; place < siteCount; place++, at++) {
      workers.push(problem.workersFor[plan.counts[at]]);
      credits.push(plan.credits[at]);
      for (let need = plan.counts[at] - plan.credits[at]; need > 0;) {
        while (left[home] === 0) home++;
        invariant(home !== place, 'no site both sends and receives');
        const chunks = Math.min(need, left[home]);
        moves.push({ home, place, chunks });
        left[home] -= chunks;
        need -= chunks;
      }
    }
    schedule.push({ slot: firstSlot + plan.slot[row], ps: plan.ps[row], workers, moves, home: credits });
  }
  return schedule;
}
