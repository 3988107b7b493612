import { invariant } from '#units';
import { slotOffset, type Book } from '../book.js';
import type { Job, Schedule } from '../types.js';
import { coverSlot, createCover, readCoverPlan, resetCover } from './kernel/cover.js';
import { createFiller } from './kernel/fill.js';
import { copyPlan, costOfPlan, createDealer, createPlan, dealHomes, keepAtHome, resetPlan, scheduleOf } from './kernel/plan.js';
import { createProblem, loadJob, loadSlot } from './kernel/problem.js';
import { maySuit } from './kernel/lattice.js';
import { createCoverReader } from './kernel/read-cover.js';
import { createSpread, leastOf, readPlan, resetSpread, spreadSlot, usesSlot, type Spread } from './kernel/spread.js';
import type { Oracle, Search } from './oracle.js';

function createWorkspace() {
  return {
    problem: createProblem(),
    cover: createCover(),
    reader: createCoverReader(),
    filler: createFiller(),
    dealer: createDealer(),
    plan: createPlan(),
    kept: createPlan(),
    best: createPlan(),
    hopeful: createSpread({ credit: true, thrifty: false }),
    wary: createSpread({ credit: false, thrifty: false }),
  };
}
type Workspace = ReturnType<typeof createWorkspace>;

const TIGHT = 1 + 1e-12;

/** The plan of a spread for the slots up to t, its homes dealt, in `work.plan`. @returns its price; Infinity where it breaks a budget. */
function planOf(work: Workspace, spread: Spread, t: number): number {
  const { problem, filler, plan, dealer } = work;
  readPlan(problem, filler, spread, plan, t);
  dealHomes(problem, plan, dealer);
  plan.cost = costOfPlan(problem, plan);
  return plan.cost;
}

/** Leaves the cheapest plan that ends at the last opened slot in `work.plan`. @returns whether there is one. */
function planBySpread(work: Workspace): boolean {
  const { problem, hopeful, wary } = work;
  const t = problem.slotCount - 1;
  const hoped = usesSlot(hopeful, t) ? planOf(work, hopeful, t) : Infinity;
  if (hoped <= leastOf(hopeful, t) * TIGHT) return hoped < Infinity;
  while (wary.length < problem.slotCount) spreadSlot(problem, work.filler, wary);
  if (!usesSlot(wary, t)) return hoped < Infinity;
  if (planOf(work, wary, t) <= hoped) return work.plan.cost < Infinity;
  return planOf(work, hopeful, t) < Infinity;
}

/** Deals the homes of a plan anew where that is cheaper; what the core paid for chunks of its pool comes back here. */
function improveHomes(work: Workspace): void {
  const { problem, plan, kept } = work;
  keepAtHome(problem, plan);
  plan.cost = costOfPlan(problem, plan);
  copyPlan(plan, kept, problem.siteCount);
  dealHomes(problem, plan, work.dealer);
  plan.cost = costOfPlan(problem, plan);
  if (plan.cost > kept.cost) copyPlan(kept, plan, problem.siteCount);
}

/** For jobs of middle size: the core on a coarse lattice beside the spread, the cheaper of both slot by slot. */
function coarseSearch(work: Workspace, firstSlot: number, open: () => void, opened: number): Search {
  const { problem, cover, reader, plan, best, hopeful } = work;
  let seen = 0;
  return {
    advance(): number {
      if (++seen > opened) open();
      problem.slotCount = seen;
      coverSlot(problem, cover);
      spreadSlot(problem, work.filler, hopeful);
      if (readCoverPlan(problem, cover, reader, plan)) {
        improveHomes(work);
        if (plan.cost < best.cost) copyPlan(plan, best, problem.siteCount);
      }
      if (planBySpread(work) && plan.cost < best.cost) copyPlan(plan, best, problem.siteCount);
      return best.cost;
    },
    schedule(): Schedule | undefined {
      return best.length > 0 && best.slot[best.length - 1] === problem.slotCount - 1 ? scheduleOf(problem, best, firstSlot) : undefined;
    },
  };
}

/** For jobs whose homes span few covers: the optimum, slot by slot. */
function exactSearch(work: Workspace, firstSlot: number, open: () => void): Search {
  const { problem, cover, reader, plan } = work;
  return {
    advance(): number {
      open();
      return coverSlot(problem, cover);
    },
    schedule(): Schedule | undefined {
      return readCoverPlan(problem, cover, reader, plan) ? scheduleOf(problem, plan, firstSlot) : undefined;
    },
  };
}

/** For all other jobs: counts spread over slots, homes dealt afterwards. */
function spreadSearch(work: Workspace, firstSlot: number, open: () => void): Search {
  const { problem, hopeful } = work;
  return {
    advance(): number {
      open();
      spreadSlot(problem, work.filler, hopeful);
      return leastOf(hopeful, problem.slotCount - 1);
    },
    schedule(): Schedule | undefined {
      return planBySpread(work) ? scheduleOf(problem, work.plan, firstSlot) : undefined;
    },
  };
}

/** Steps that the core may take in all slots of a window together: bounds the time of a decision. */
const STEPS_MAX = 200_000_000;
/** Slots that are looked at to choose which homes a coarse lattice tracks. */
const LOOK_SLOTS_MAX = 12;

export interface OracleOptions {
  /** Steps of the core for a whole window; 0 measures the spread alone. */
  readonly stepsMax?: number;
  readonly coarseStepsMax?: number;
}

/** The default oracle (docs/decisions/oracle.md): exact on small jobs, a coarser lattice on middle ones, counts spread over slots on large ones. */
export function createDefaultOracle({ stepsMax = STEPS_MAX, coarseStepsMax = STEPS_MAX / 4 }: OracleOptions = {}): Oracle {
  const work = createWorkspace();
  return {
    name: 'default',
    open(book: Book, job: Job, arrival: number): Search {
      const { problem } = work;
      const slotsMax = book.baseSlot + book.slotCount - arrival;
      invariant(slotsMax > 0, 'arrival lies in the window');
      loadJob(problem, book, job);
      for (const plan of [work.plan, work.kept, work.best]) resetPlan(plan, problem, slotsMax);
      const open = (): void => loadSlot(problem, book, job, slotOffset(book, arrival + problem.slotCount));
      if (resetCover(work.cover, problem, slotsMax, stepsMax / book.slotCount, true)) return exactSearch(work, arrival, open);
      for (const spread of [work.hopeful, work.wary]) resetSpread(spread, problem, slotsMax);
      const looked = Math.min(slotsMax, LOOK_SLOTS_MAX);
      const coarseSteps = coarseStepsMax / (book.slotCount * book.slotCount);
      if (maySuit(problem, coarseSteps)) {
        while (problem.slotCount < looked) open();
        if (resetCover(work.cover, problem, slotsMax, coarseSteps, false)) return coarseSearch(work, arrival, open, looked);
        problem.slotCount = 0;
      }
      return spreadSearch(work, arrival, open);
    },
  };
}
