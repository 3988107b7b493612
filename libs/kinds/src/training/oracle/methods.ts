import type { Schedule } from '../job.js';
import { improveHomes, planBySpread } from './spread-plan.js';
import { coverSlot, leastOfCover, readCoverPlan } from './kernel/cover.js';
import { lookAtSlot } from './kernel/hull.js';
import { floorOfSlot } from './kernel/floor.js';
import { resetGreedyFallback } from './kernel/greedy-fallback.js';
import { copyPlan, keepAtHome, scheduleOf } from './kernel/plan.js';
import { openSlot, searchSlot } from './kernel/priced/search.js';
import { sharpFloor } from './kernel/sharp-floor.js';
import { lookForSingle, readSingle } from './kernel/single.js';
import { sparseScheduleOf } from './kernel/sparse-plan.js';
import { leastOf, spreadSlot } from './kernel/spread.js';
import type { ScheduleSearch } from './oracle.js';
import { slotsOf, subjectOf, type Workspace } from './workspace.js';

/** A way of searching the opened slots. */
export type Method = Pick<ScheduleSearch, 'bound' | 'plan'>;

/**
 * For jobs whose homes span few covers: the optimum, slot by slot. Where the core's steps are used up, the next method goes on: what it finds
 * counts where it is cheaper than the optimum by the slot before.
 */
export function exactMethod(work: Workspace, next: () => Method): Method {
  const { problem, cover, reader, plan } = work;
  return {
    bound(): number {
      while (cover.length < problem.slotCount && coverSlot(problem, cover));
      return cover.spent ? Math.min(leastOfCover(cover), next().bound()) : leastOfCover(cover);
    },
    plan(): Schedule | undefined {
      if (cover.spent) return next().bound() < leastOfCover(cover) ? next().plan() : undefined;
      return readCoverPlan(problem, cover, reader, plan) ? scheduleOf(problem, plan, subjectOf(work).arrival) : undefined;
    },
  };
}

/** Looks at every opened slot from `from` on, as if it were the one opened last. */
function forEachOpened(work: Workspace, from: number, look: (work: Workspace) => void): void {
  const { problem } = work;
  const opened = problem.slotCount;
  for (problem.slotCount = from + 1; problem.slotCount <= opened; problem.slotCount++) look(work);
  problem.slotCount = opened;
}

/** For jobs of middle size: the core on a coarse lattice beside the spread, the cheaper of both slot by slot. */
export function coarseMethod(work: Workspace): Method {
  const { problem, optimistic, best } = work;
  return {
    bound(): number {
      forEachOpened(work, optimistic.length, coarseSlot);
      return best.cost;
    },
    plan: (): Schedule | undefined =>
      best.length > 0 && best.slot[best.length - 1] === problem.slotCount - 1
        ? scheduleOf(problem, best, subjectOf(work).arrival)
        : undefined,
  };
}

/** Looks at one more slot both ways, as long as the core's steps last, and keeps the best plan so far. */
function coarseSlot(work: Workspace): void {
  const { problem, cover, reader, plan, best, optimistic } = work;
  const isCovered = coverSlot(problem, cover);
  spreadSlot(problem, work.filler, optimistic);
  if (isCovered && readCoverPlan(problem, cover, reader, plan)) {
    improveHomes(work);
    if (plan.cost < best.cost) copyPlan(plan, best, problem.siteCount);
  }
  if (planBySpread(work) && plan.cost < best.cost) copyPlan(plan, best, problem.siteCount);
}

/**
 * For larger jobs: counts spread over slots, homes dealt afterwards. Its own bound is too high at times, so that a version which lets only
 * certified floors pass an entry over tells the floor instead.
 */
export function spreadMethod(work: Workspace): Method {
  const { problem, optimistic } = work;
  const isCertified = work.budgets.priced > 0;
  return {
    bound(): number {
      while (optimistic.length < problem.slotCount) spreadSlot(problem, work.filler, optimistic);
      const least = leastOf(optimistic, problem.slotCount - 1);
      return isCertified && least < Infinity ? work.floor.least : least;
    },
    plan: (): Schedule | undefined => (planBySpread(work) ? scheduleOf(problem, work.plan, subjectOf(work).arrival) : undefined),
  };
}

/** For a job of one chunk in a market that is too large for the core: the optimum in one pass over the sites. */
export function singleMethod(work: Workspace): Method {
  const { problem, single, plan } = work;
  return {
    bound(): number {
      while (single.length < problem.slotCount) lookForSingle(problem, single);
      return single.cost;
    },
    plan(): Schedule | undefined {
      if (single.slot !== problem.slotCount - 1) return undefined;
      readSingle(problem, single, plan);
      return scheduleOf(problem, plan, subjectOf(work).arrival);
    },
  };
}

/** For all that is larger: convex price curves and a first fit, planned again as they get cheaper. */
export function hullMethod(work: Workspace): Method {
  const { problem, hull } = work;
  return {
    bound(): number {
      while (hull.length < problem.slotCount) lookAtSlot(problem, hull);
      return hull.best.cost;
    },
    plan: (): Schedule | undefined =>
      hull.best.cost < Infinity && hull.best.last === problem.slotCount - 1
        ? sparseScheduleOf(problem, hull.best, subjectOf(work).arrival)
        : undefined,
  };
}

/** A plan this near to a floor is not improved: a share of the price, or micro-credits. */
const NEAR = 1.003;
const NEAR_MICROS = 2;

/**
 * For large jobs in markets of few sites: the spread's plan where it is near enough to a floor, else homes priced and plans put together from
 * what slots could do; then all slots opened so far are searched in turn, whatever is asked.
 */
export function pricedMethod(work: Workspace): Method {
  const { problem, priced, best, optimistic, plan } = work;
  return {
    bound(): number {
      while (optimistic.length < problem.slotCount) spreadSlot(problem, work.filler, optimistic);
      const near = sharpFloor(problem, work.sharp, work.floor) * NEAR + NEAR_MICROS;
      if (planBySpread(work) && plan.cost <= near) copyPlan(plan, best, problem.siteCount);
      else {
        forEachOpened(work, priced.length, pricedSlot);
        copyPlan(priced.best, best, problem.siteCount);
      }
      return best.cost;
    },
    plan: (): Schedule | undefined =>
      best.length > 0 && best.slot[best.length - 1] === problem.slotCount - 1
        ? scheduleOf(problem, best, subjectOf(work).arrival)
        : undefined,
  };
}

/** Looks at one more slot. As long as nothing is known, the spread's plan is a beginning; where the best is near enough to a floor, it does. */
function pricedSlot(work: Workspace): void {
  const { problem, priced, plan, pricedFloor, pricedSharp } = work;
  openSlot(problem, priced);
  if (floorOfSlot(problem, pricedFloor, problem.slotCount - 1) === Infinity) return;
  const floor = sharpFloor(problem, pricedSharp, pricedFloor);
  if (floor === Infinity) return;
  if (priced.best.length === 0 && spreadAsOf(work)) copyPlan(plan, priced.best, problem.siteCount);
  if (priced.best.cost <= floor * NEAR + NEAR_MICROS) return;
  searchSlot(problem, priced);
  if (priced.best.length > 0) keepAtHome(problem, priced.best);
}

/** The spread's plan by a slot that may lie before one asked for already: the greedy fallback, which only goes on, begins anew then. */
function spreadAsOf(work: Workspace): boolean {
  const { problem, greedyFallback } = work;
  if (greedyFallback.length > problem.slotCount) resetGreedyFallback(greedyFallback, problem, slotsOf(work));
  return planBySpread(work);
}
