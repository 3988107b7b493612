import type { DearPlans } from '#mechanism';
import type { Schedule } from '../job.js';
import { resetGreedyFallback } from './kernel/greedy-fallback.js';
import { copyPlan, keepAtHome, scheduleOf } from './kernel/plan.js';
import { relaxedFloor } from './kernel/priced/relaxed-floor.js';
import { openPriced, provePriced, rateOf, roomOf, searchPriced } from './kernel/priced/search.js';
import { sharpFloor } from './kernel/sharp-floor.js';
import { leastOf, spreadSlot } from './kernel/spread.js';
import type { Method } from './methods.js';
import { effortOf, FIRST_RANKS, MUCH_CHEAPER, RANKS_MAX } from './priced-steps.js';
import { planAtOnce, planBySpread } from './spread-plan.js';
import { slotsOf, subjectOf, type Workspace } from './workspace.js';

/** A plan this near to a floor is not improved: a share of the price, or micro-credits. */
const NEAR = 1.003;
const NEAR_MICROS = 2;

/**
 * For large jobs in markets of few sites. Where the spread's plan is near enough to a floor, that is the plan. Elsewhere homes are priced and plans
 * put together from what slots could do, for each completion from nothing, so that what one costs does not depend on which others were asked for.
 */
export function pricedMethod(work: Workspace): Method & DearPlans<Schedule> {
  const { problem, gate, best } = work;
  const found = (): Schedule | undefined =>
    best.length > 0 && best.slot[best.length - 1] === problem.slotCount - 1
      ? scheduleOf(problem, best, subjectOf(work).arrival)
      : undefined;
  return {
    bound(): number {
      look(work);
      return gate.isDear ? gate.floor : gate.cost;
    },
    plan(): Schedule | undefined {
      if (gate.isDear) solve(work, Infinity);
      return found();
    },
    planBelow(below: number): Schedule | undefined {
      solve(work, below);
      return found();
    },
    isDear: () => gate.isDear,
    ceiling: (below: number) => (leastOf(work.optimistic, problem.slotCount - 1) < below && planAtOnce(work) ? work.plan.cost : Infinity),
    quickPlan: (below: number) =>
      leastOf(work.optimistic, problem.slotCount - 1) < below && spreadAsOf(work)
        ? scheduleOf(problem, work.plan, subjectOf(work).arrival)
        : undefined,
    floorOf: (completion: number) => provenBy(work, completion - subjectOf(work).arrival),
    returnTo(completion: number): void {
      problem.slotCount = completion - subjectOf(work).arrival + 1;
      gate.length = problem.slotCount;
      gate.isDear = true;
    },
    isPossible(): boolean {
      if (spreadAsOf(work)) return true;
      solve(work, Infinity);
      return gate.isPossible;
    },
  };
}

/** Looks whether the spread's plan by the slot opened last will do. */
function look(work: Workspace): void {
  const { problem, gate, optimistic, plan, best } = work;
  if (gate.length === problem.slotCount) return;
  while (optimistic.length < problem.slotCount) {
    spreadSlot(problem, work.filler, optimistic);
    gate.rate[optimistic.length - 1] = rateOf(optimistic);
  }
  gate.length = problem.slotCount;
  gate.floor = sharpFloor(problem, work.sharp, work.floor);
  gate.sharp[problem.slotCount - 1] = gate.floor;
  gate.solved = 0;
  gate.isDear = false;
  gate.cost = Infinity;
  best.length = 0;
  if (gate.floor === Infinity) return;
  const near = gate.floor * NEAR + NEAR_MICROS;
  gate.isDear = !(leastOf(optimistic, problem.slotCount - 1) <= near && planAtOnce(work) && plan.cost <= near);
  if (gate.isDear) return;
  gate.cost = plan.cost;
  copyPlan(plan, best, problem.siteCount);
}

/**
 * Chooses among the completions up to the slot opened last those for which homes are priced, and numbers them from 1 on: the first ones by which all
 * chunks may have found room, then those at which the job becomes much cheaper by the look of it, with all homes or with none taken to be there. 0: none.
 */
function rankOf(work: Workspace): number {
  const { problem, gate, optimistic, pessimistic, filler } = work;
  while (pessimistic.length < problem.slotCount) spreadSlot(problem, filler, pessimistic);
  for (; gate.ranked < problem.slotCount; gate.ranked++) {
    const t = gate.ranked;
    gate.room += roomOf(problem, t);
    const [all, none] = [leastOf(optimistic, t), leastOf(pessimistic, t)];
    const isMuchCheaper = all < gate.all * MUCH_CHEAPER || none < gate.none * MUCH_CHEAPER;
    const isSearched = gate.room >= problem.total && gate.searched < (isMuchCheaper ? RANKS_MAX : FIRST_RANKS);
    gate.rank[t] = isSearched ? ++gate.searched : 0;
    if (!isSearched) continue;
    gate.all = all;
    gate.none = none;
  }
  return gate.rank[problem.slotCount - 1];
}

/** What plans cost at least whose last slot is t, by whatever has proven it. What a search proves takes a while to find out, and waits until it is asked for. */
function provenBy({ problem, relaxed, gate, priced }: Workspace, t: number): number {
  if (gate.unproven > 0) provePriced(problem, priced, gate.unproven, gate.floors);
  gate.unproven = 0;
  return Math.max(relaxedFloor(problem, relaxed, t), gate.floors[t]);
}

/**
 * Finds the cheapest plan that it can whose last slot is the one opened last or returned to. Where the spread's is not near enough to what such plans cost at
 * least, whatever else was searched, homes are priced; where that ends before the slot or leaves a gap, the spread's may still be the cheaper.
 * Leaves none where it is proven on the way that none costs less than `below`: that is not remembered.
 */
function solve(work: Workspace, below: number): void {
  const { problem, gate, priced, plan, best, relaxed } = work;
  if (gate.solved === problem.slotCount) return;
  gate.solved = problem.slotCount;
  const t = problem.slotCount - 1;
  best.length = 0;
  best.cost = Infinity;
  if (spreadAsOf(work)) copyPlan(plan, best, problem.siteCount);
  gate.isPossible = best.length > 0;
  if (gate.isPossible && best.cost <= Math.max(gate.sharp[t], relaxedFloor(problem, relaxed, t)) * NEAR + NEAR_MICROS)
    return keepAtHome(problem, best);
  if (!search(work, below)) {
    gate.solved = 0;
    best.length = 0;
    return;
  }
  if (priced.best.length > 0) {
    gate.isPossible = true;
    if (priced.best.slot[priced.best.length - 1] === t && priced.best.cost < best.cost) copyPlan(priced.best, best, problem.siteCount);
  }
  if (best.length > 0) keepAtHome(problem, best);
}

/** Searches by prices of homes, where that is within the steps that this completion may take. @returns false where no plan that ends there costs less than `below`. */
function search(work: Workspace, below: number): boolean {
  const { problem, gate, priced, best } = work;
  const effort = effortOf(rankOf(work), subjectOf(work).book.slotCount);
  priced.best.length = 0;
  gate.unproven = 0;
  if (!effort || !openPriced(problem, priced, gate.rate, effort)) return true;
  if (best.length > 0) copyPlan(best, priced.best, problem.siteCount);
  gate.unproven = problem.slotCount;
  return searchPriced(problem, priced, { below, floors: gate.floors });
}

/** The spread's plan by a slot that may lie before one asked for already: the greedy fallback, which only goes on, begins anew then. */
function spreadAsOf(work: Workspace): boolean {
  const { problem, greedyFallback } = work;
  if (greedyFallback.length > problem.slotCount) resetGreedyFallback(greedyFallback, problem, slotsOf(work));
  return planBySpread(work);
}
