import { invariant } from '#units';
import { slotOffset, type Book } from '../book.js';
import type { Job, Schedule } from '../types.js';
import { createFiller } from './kernel/fill.js';
import { copyPlan, costOfPlan, createDealer, createPlan, dealHomes, resetPlan, scheduleOf } from './kernel/plan.js';
import { createProblem, loadJob, loadSlot } from './kernel/problem.js';
import { createSpread, readPlan, resetSpread, spreadSlot, type Spread } from './kernel/spread.js';
import type { Oracle, Search } from './oracle.js';

function createWorkspace() {
  return {
    problem: createProblem(),
    filler: createFiller(),
    dealer: createDealer(),
    trial: createPlan(),
    best: createPlan(),
    hopeful: createSpread({ credit: true, thrifty: false }),
    wary: createSpread({ credit: false, thrifty: false }),
  };
}
type Workspace = ReturnType<typeof createWorkspace>;

/** Tries the plan that a spread gives for the slots opened so far, if it uses the last of them. */
function tryPlan(work: Workspace, spread: Spread): void {
  const { problem, filler, trial, best, dealer } = work;
  while (spread.length < problem.slotCount) spreadSlot(problem, filler, spread);
  const end = (spread.length - 1) * (problem.total + 1) + problem.total;
  if (spread.share[end] === 0 || spread.least[end] === Infinity) return;
  readPlan(problem, filler, spread, trial);
  dealHomes(problem, trial, dealer);
  trial.cost = costOfPlan(problem, trial);
  if (trial.cost < best.cost) copyPlan(trial, best, problem.siteCount);
}

/** The default oracle (docs/decisions/oracle.md). */
export function createDefaultOracle(): Oracle {
  const work = createWorkspace();
  return {
    name: 'default',
    open(book: Book, job: Job, arrival: number): Search {
      const { problem, best } = work;
      const slotsMax = book.baseSlot + book.slotCount - arrival;
      invariant(slotsMax > 0, 'arrival lies in the window');
      loadJob(problem, book, job);
      for (const plan of [work.trial, best]) resetPlan(plan, problem, slotsMax);
      for (const spread of [work.hopeful, work.wary]) resetSpread(spread, problem, slotsMax);
      return {
        advance(): number {
          loadSlot(problem, book, job, slotOffset(book, arrival + problem.slotCount));
          tryPlan(work, work.hopeful);
          tryPlan(work, work.wary);
          return best.cost;
        },
        schedule: (): Schedule => scheduleOf(problem, best, arrival),
      };
    },
  };
}
