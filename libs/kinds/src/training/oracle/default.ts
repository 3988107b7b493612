import type { Book } from '#mechanism';
import { invariant } from '#units';
import type { TrainingJob, Schedule } from '../job.js';
import { resetCover } from './kernel/cover.js';
import { resetFloor } from './kernel/floor.js';
import { resetRelaxedFloor } from './kernel/priced/relaxed-floor.js';
import { resetGreedyFallback } from './kernel/greedy-fallback.js';
import { resetHull } from './kernel/hull.js';
import { maySuit } from './kernel/lattice.js';
import { resetPlan } from './kernel/plan.js';
import { loadJob } from './kernel/problem.js';
import { resetSharpFloor, sharpFloor } from './kernel/sharp-floor.js';
import { resetSingle } from './kernel/single.js';
import { resetSpread } from './kernel/spread.js';
import { coarseMethod, exactMethod, hullMethod, singleMethod, spreadMethod, type Method } from './methods.js';
import { resetGate } from './gate.js';
import { pricedMethod } from './priced-plans.js';
import { TRAINING_ANSWERS } from './answers.js';
import type { ScheduleSearch, TrainingOracle } from './oracle.js';
import { BUDGETS, coreBudgets, scopeOf, type Budgets, type Scope } from './steps.js';
import { advance, createWorkspace, load, slotsOf, subjectOf, type Workspace } from './workspace.js';

/** Slots that are looked at to choose which homes a coarse lattice tracks. */
const LOOK_SLOTS_MAX = 12;

/** How much the oracle may search. */
export interface OracleOptions {
  /** What a search may do; `UNBOUNDED` decides as `eris-default/2` did. */
  readonly budgets?: Budgets;
}

/** The default oracle, which counts its steps. */
export interface DefaultOracle extends TrainingOracle {
  /** Steps of all searches since it was made. */
  readonly steps: () => number;
}

/**
 * The default oracle (docs/decisions/oracle.md): exact on small jobs, a coarser lattice on middle ones, counts spread over slots on large
 * ones, and convex curves where the steps of that have no bound that is small enough.
 */
export function createDefaultOracle({ budgets = BUDGETS }: OracleOptions = {}): DefaultOracle {
  const work = createWorkspace(budgets);
  const priced = pricedMethod(work);
  const beyond = { single: singleMethod(work), priced, spread: spreadMethod(work), hull: hullMethod(work) };
  const next = (): Method => {
    prepare(work);
    return beyond[subjectOf(work).scope.method];
  };
  const methods = { exact: exactMethod(work, next), coarse: coarseMethod(work), ...beyond };
  let method: Method | undefined; // chosen when it is first needed: floors alone decide most bids of a full market
  const search: ScheduleSearch = {
    advance: () => advance(work),
    floor: () => (subjectOf(work).scope.hasSharpFloor ? sharpFloor(work.problem, work.sharp, work.floor) : work.floor.least),
    bound(): number {
      method ??= methods[choose(work)];
      return method.bound();
    },
    plan: (): Schedule | undefined => method?.plan(),
    dear: {
      ...priced,
      isDear: () =>
        subjectOf(work).scope.method === 'priced' &&
        (method === priced || (method === methods.exact && work.cover.spent)) &&
        priced.isDear(),
    },
  };
  return {
    ...TRAINING_ANSWERS,
    name: 'default',
    steps: () => work.problem.steps,
    open(book: Book, job: TrainingJob, arrival: number): ScheduleSearch {
      const { problem } = work;
      method = undefined;
      work.isPrepared = false;
      work.opened = 0;
      loadJob(problem, book, job);
      const { siteCount, resourceCount, slotCount } = book;
      work.subject = { book, job, arrival, scope: scopeOf({ siteCount, resourceCount, slotCount, total: problem.total }, budgets) };
      resetFloor(work.floor, problem, work.subject.scope.floorPlaces);
      resetSharpFloor(work.sharp);
      return search;
    },
  };
}

/** Chooses the method by the steps that it may take, whatever slots are open, and prepares it. */
function choose(work: Workspace): 'exact' | 'coarse' | Scope['method'] {
  const { problem, cover, budgets } = work;
  const { book, scope } = subjectOf(work);
  const { slotCount } = book;
  const slotsMax = slotsOf(work);
  invariant(slotsMax > 0, 'arrival lies in the window');
  const opened = problem.slotCount;
  problem.slotCount = 0;
  const most = coreBudgets(scope, budgets);
  const limits = { slotSteps: Math.min(most.slot, most.exact / slotCount), steps: most.core };
  const isExact = scope.hasCore && resetCover(cover, problem, slotsMax, limits, true);
  problem.slotCount = opened;
  if (isExact) {
    resetPlan(work.plan, problem, slotsMax);
    return 'exact';
  }
  prepare(work);
  return scope.method === 'spread' && isCoarse(work, slotsMax) ? 'coarse' : scope.method;
}

/** Prepares the method that follows the core, or goes without it, where that is not done. */
function prepare(work: Workspace): void {
  const { problem } = work;
  const { book, scope } = subjectOf(work);
  const slotsMax = slotsOf(work);
  if (work.isPrepared) return;
  work.isPrepared = true;
  if (scope.method === 'hull') resetHull(work.hull, problem, slotsMax, book.slotCount);
  if (scope.method === 'single') {
    resetSingle(work.single);
    resetPlan(work.plan, problem, slotsMax);
  }
  if (scope.method === 'priced') {
    resetGate(work.gate, slotsMax);
    resetRelaxedFloor(work.relaxed);
  }
  if (scope.method !== 'spread' && scope.method !== 'priced') return;
  for (const plan of [work.plan, work.kept, work.best]) resetPlan(plan, problem, slotsMax);
  for (const spread of [work.optimistic, work.pessimistic, work.assigned]) resetSpread(spread, problem, slotsMax);
  resetGreedyFallback(work.greedyFallback, problem, slotsMax);
}

/** Whether the core runs on a coarse lattice beside the spread; prepares it. */
function isCoarse(work: Workspace, slotsMax: number): boolean {
  const { problem, cover, budgets } = work;
  const { slotCount } = subjectOf(work).book;
  const limits = { slotSteps: Math.min(budgets.slot, budgets.coarse / (slotCount * slotCount)), steps: budgets.core };
  if (!maySuit(problem, limits.slotSteps)) return false;
  const opened = problem.slotCount;
  const looked = Math.min(slotsMax, LOOK_SLOTS_MAX);
  while (problem.slotCount < looked) load(work);
  problem.slotCount = looked;
  const suits = resetCover(cover, problem, slotsMax, limits, false);
  problem.slotCount = opened;
  return suits;
}
