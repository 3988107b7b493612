import { invariant } from '#units';
import { slotOffset, type Book } from '../book.js';
import type { Job, Schedule } from '../types.js';
import { coverSlot, createCover, readCoverPlan, resetCover } from './kernel/cover.js';
import { createFiller } from './kernel/fill.js';
import { copyPlan, costOfPlan, createDealer, createPlan, dealHomes, resetPlan, scheduleOf } from './kernel/plan.js';
import { createProblem, loadJob, loadSlot } from './kernel/problem.js';
import { createCoverReader } from './kernel/read-cover.js';
import { createSpread, readPlan, resetSpread, spreadSlot, type Spread } from './kernel/spread.js';
import type { Oracle, Search } from './oracle.js';

function createWorkspace() {
  return {
    problem: createProblem(),
    cover: createCover(),
    reader: createCoverReader(),
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

/** The exact core: the optimum by the last opened slot. */
function tryCover(work: Workspace): void {
  const { problem, cover, reader, best } = work;
  const cost = coverSlot(problem, cover);
  if (cost >= best.cost) return;
  readCoverPlan(problem, cover, reader, best);
  best.cost = cost;
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
      const exact = resetCover(work.cover, problem, slotsMax);
      return {
        advance(): number {
          loadSlot(problem, book, job, slotOffset(book, arrival + problem.slotCount));
          if (exact) tryCover(work);
          else {
            tryPlan(work, work.hopeful);
            tryPlan(work, work.wary);
          }
          return best.cost;
        },
        schedule: (): Schedule => scheduleOf(problem, best, arrival),
      };
    },
  };
}
