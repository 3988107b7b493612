import { planGreedily } from './kernel/greedy-fallback.js';
import { copyPlan, costOfPlan, assignHomes, keepAtHome } from './kernel/plan.js';
import { leastOf, readPlan, reassignRounds, spreadSlot, takeDealing, usesSlot, type Spread } from './kernel/spread.js';
import type { Workspace } from './workspace.js';

/** A plan this near to its bound is not improved: a millionth, or a micro-credit. */
const TIGHT = 1 + 1e-6;
const TIGHT_MICROS = 1;

/** The plan of a spread for the slots up to t, its homes dealt, in `work.plan`. @returns its price; Infinity where it breaks a budget. */
function planOf(work: Workspace, spread: Spread, t: number): number {
  const { problem, filler, plan, assigner } = work;
  readPlan(problem, filler, spread, plan, t);
  assignHomes(problem, plan, assigner);
  plan.cost = costOfPlan(problem, plan);
  return plan.cost;
}

/**
 * Leaves the cheapest plan that ends at the last opened slot in `work.plan`: the optimistic spread's, if dealing its homes shows that it did
 * not hope for too much; else the better of it and the pessimistic one's, improved by spreading anew with the homes as they were dealt.
 * @returns whether there is one. Never cheaper than the optimistic bound.
 */
export function planBySpread(work: Workspace): boolean {
  const { problem, optimistic, pessimistic, plan, kept } = work;
  const t = problem.slotCount - 1;
  const bound = leastOf(optimistic, t);
  if (usesSlot(optimistic, t)) planOf(work, optimistic, t);
  else plan.cost = Infinity;
  if (plan.cost <= bound * TIGHT + TIGHT_MICROS) return true;
  copyPlan(plan, kept, problem.siteCount);
  while (pessimistic.length < problem.slotCount) spreadSlot(problem, work.filler, pessimistic);
  if (usesSlot(pessimistic, t) && planOf(work, pessimistic, t) < kept.cost) copyPlan(plan, kept, problem.siteCount);
  if (kept.cost === Infinity) fallBack(work, t, bound);
  if (kept.cost < Infinity) reassign(work, t, bound);
  copyPlan(kept, plan, problem.siteCount);
  return kept.cost < Infinity;
}

/**
 * Leaves the plan of the optimistic spread that ends at the last opened slot in `work.plan`, or of the pessimistic one where dealing its homes shows
 * that it did not fit: nothing of it is improved. @returns whether there is one.
 */
export function planAtOnce(work: Workspace): boolean {
  const { problem, optimistic, pessimistic } = work;
  const t = problem.slotCount - 1;
  if (usesSlot(optimistic, t) && planOf(work, optimistic, t) < Infinity) return true;
  while (pessimistic.length < problem.slotCount) spreadSlot(problem, work.filler, pessimistic);
  return usesSlot(pessimistic, t) && planOf(work, pessimistic, t) < Infinity;
}

/** Where nothing fits: a greedy plan as the kept one, if it ends at slot t. */
function fallBack(work: Workspace, t: number, bound: number): void {
  const { problem, plan, kept } = work;
  if (!planGreedily(problem, work.filler, work.greedyFallback, t)) return;
  copyPlan(work.greedyFallback.plan, plan, problem.siteCount);
  keepAtHome(problem, plan);
  plan.cost = costOfPlan(problem, plan);
  if (plan.cost >= bound) copyPlan(plan, kept, problem.siteCount);
}

/** Spreads anew with the homes of the kept plan as dealt, as long as that improves it: the kept plan itself is among what is searched. */
function reassign(work: Workspace, t: number, bound: number): void {
  const { problem, assigned, plan, kept } = work;
  const rounds = reassignRounds(problem.siteCount, assigned.blocks, t);
  for (let round = 0; round < rounds; round++) {
    takeDealing(problem, assigned, kept, t);
    while (assigned.length <= t) spreadSlot(problem, work.filler, assigned);
    if (!usesSlot(assigned, t) || planOf(work, assigned, t) >= kept.cost || plan.cost < bound) return;
    copyPlan(plan, kept, problem.siteCount);
  }
}

/** Deals the homes of a plan anew where that is cheaper; what the core paid for chunks of its pool comes back here. */
export function improveHomes(work: Workspace): void {
  const { problem, plan, kept } = work;
  keepAtHome(problem, plan);
  plan.cost = costOfPlan(problem, plan);
  copyPlan(plan, kept, problem.siteCount);
  assignHomes(problem, plan, work.assigner);
  plan.cost = costOfPlan(problem, plan);
  if (plan.cost > kept.cost) copyPlan(kept, plan, problem.siteCount);
}
