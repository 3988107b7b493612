import type { Schedule } from '../job.js';
import { improveHomes, planBySpread } from './spread-plan.js';
import { coverSlot, leastOfCover, readCoverPlan } from './kernel/cover.js';
import { lookAtSlot } from './kernel/hull.js';
import { copyPlan, scheduleOf } from './kernel/plan.js';
import { lookForSingle, readSingle } from './kernel/single.js';
import { sparseScheduleOf } from './kernel/sparse-plan.js';
import { leastOf, spreadSlot } from './kernel/spread.js';
import type { ScheduleSearch } from './oracle.js';
import { subjectOf, type Workspace } from './workspace.js';

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
  const isCertified = work.budgets.prices;
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
