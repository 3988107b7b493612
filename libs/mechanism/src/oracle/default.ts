import { invariant } from '#units';
import { slotOffset, type Book } from '../book.js';
import type { Job, Schedule } from '../types.js';
import { coverSlot, createCover, readCoverPlan, resetCover } from './kernel/cover.js';
import { createFiller } from './kernel/fill.js';
import { costOfPlan, createDealer, createPlan, dealHomes, resetPlan, scheduleOf } from './kernel/plan.js';
import { createProblem, loadJob, loadSlot } from './kernel/problem.js';
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
  const hoped = usesSlot(problem, hopeful, t) ? planOf(work, hopeful, t) : Infinity;
  if (hoped <= leastOf(problem, hopeful, t) * TIGHT) return hoped < Infinity;
  while (wary.length < problem.slotCount) spreadSlot(problem, work.filler, wary);
  if (!usesSlot(problem, wary, t)) return hoped < Infinity;
  if (planOf(work, wary, t) <= hoped) return work.plan.cost < Infinity;
  return planOf(work, hopeful, t) < Infinity;
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
      return leastOf(problem, hopeful, problem.slotCount - 1);
    },
    schedule(): Schedule | undefined {
      return planBySpread(work) ? scheduleOf(problem, work.plan, firstSlot) : undefined;
    },
  };
}

/** Steps per slot that the exact core may take; a job that would need more goes to the spread. */
const EXACT_STEPS_MAX = 2_000_000;

/**
 * The default oracle (docs/decisions/oracle.md): exact on small jobs, counts spread over slots on large ones.
 * @param exactStepsMax where small ends; 0 measures the spread alone.
 */
export function createDefaultOracle(exactStepsMax = EXACT_STEPS_MAX): Oracle {
  const work = createWorkspace();
  return {
    name: 'default',
    open(book: Book, job: Job, arrival: number): Search {
      const { problem } = work;
      const slotsMax = book.baseSlot + book.slotCount - arrival;
      invariant(slotsMax > 0, 'arrival lies in the window');
      loadJob(problem, book, job);
      resetPlan(work.plan, problem, slotsMax);
      const open = (): void => loadSlot(problem, book, job, slotOffset(book, arrival + problem.slotCount));
      if (resetCover(work.cover, problem, slotsMax, exactStepsMax)) return exactSearch(work, arrival, open);
      for (const spread of [work.hopeful, work.wary]) resetSpread(spread, problem, slotsMax);
      return spreadSearch(work, arrival, open);
    },
  };
}
