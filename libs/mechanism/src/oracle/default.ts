import { invariant } from '#units';
import { slotOffset, type Book } from '../book.js';
import type { Job, Schedule } from '../types.js';
import { coverSlot, createCover, leastOfCover, readCoverPlan, resetCover } from './kernel/cover.js';
import { createFiller } from './kernel/fill.js';
import { createFloor, floorOfSlot, resetFloor } from './kernel/floor.js';
import { copyPlan, costOfPlan, createDealer, createPlan, dealHomes, keepAtHome, resetPlan, scheduleOf } from './kernel/plan.js';
import { createSharpFloor, resetSharpFloor, sharpFloor } from './kernel/sharp-floor.js';
import { createHasty, planHastily, resetHasty } from './kernel/hasty.js';
import { createHull, lookAtSlot, resetHull } from './kernel/hull.js';
import { createProblem, loadJob, loadSlot } from './kernel/problem.js';
import { maySuit } from './kernel/lattice.js';
import { createCoverReader } from './kernel/read-cover.js';
import { createSingle, lookForSingle, readSingle, resetSingle } from './kernel/single.js';
import { sparseScheduleOf } from './kernel/sparse-plan.js';
import {
  createSpread,
  leastOf,
  readPlan,
  redealRounds,
  resetSpread,
  spreadSlot,
  takeDealing,
  usesSlot,
  type Spread,
} from './kernel/spread.js';
import type { Oracle, Search } from './oracle.js';
import { BUDGETS, scopeOf, type Budgets, type Scope } from './steps.js';

/** What the search under way is about. */
interface Subject {
  readonly book: Book;
  readonly job: Job;
  readonly arrival: number;
  readonly scope: Scope;
}

function createWorkspace(budgets: Budgets) {
  return {
    budgets,
    subject: undefined as Subject | undefined,
    /** Whether the method that follows the core is prepared. */
    isPrepared: false,
    problem: createProblem(),
    floor: createFloor(),
    sharp: createSharpFloor(),
    cover: createCover(),
    reader: createCoverReader(),
    filler: createFiller(),
    dealer: createDealer(budgets.relief),
    plan: createPlan(),
    kept: createPlan(),
    best: createPlan(),
    hopeful: createSpread('hopeful'),
    wary: createSpread('wary'),
    dealt: createSpread('dealt'),
    hasty: createHasty(),
    single: createSingle(),
    hull: createHull(),
  };
}
type Workspace = ReturnType<typeof createWorkspace>;

/** A plan this near to its bound is not improved: a millionth, or a micro-credit. */
const TIGHT = 1 + 1e-6;
const TIGHT_MICROS = 1;

/** The plan of a spread for the slots up to t, its homes dealt, in `work.plan`. @returns its price; Infinity where it breaks a budget. */
function planOf(work: Workspace, spread: Spread, t: number): number {
  const { problem, filler, plan, dealer } = work;
  readPlan(problem, filler, spread, plan, t);
  dealHomes(problem, plan, dealer);
  plan.cost = costOfPlan(problem, plan);
  return plan.cost;
}

/**
 * Leaves the cheapest plan that ends at the last opened slot in `work.plan`: the hopeful spread's, if dealing its homes shows that it did
 * not hope for too much; else the better of it and the wary one's, improved by spreading anew with the homes as they were dealt.
 * @returns whether there is one. Never cheaper than the hopeful bound.
 */
function planBySpread(work: Workspace): boolean {
  const { problem, hopeful, wary, plan, kept } = work;
  const t = problem.slotCount - 1;
  const bound = leastOf(hopeful, t);
  if (usesSlot(hopeful, t)) planOf(work, hopeful, t);
  else plan.cost = Infinity;
  if (plan.cost <= bound * TIGHT + TIGHT_MICROS) return true;
  copyPlan(plan, kept, problem.siteCount);
  while (wary.length < problem.slotCount) spreadSlot(problem, work.filler, wary);
  if (usesSlot(wary, t) && planOf(work, wary, t) < kept.cost) copyPlan(plan, kept, problem.siteCount);
  if (kept.cost === Infinity) haste(work, t, bound);
  if (kept.cost < Infinity) redeal(work, t, bound);
  copyPlan(kept, plan, problem.siteCount);
  return kept.cost < Infinity;
}

/** Where nothing fits: a hasty plan as the kept one, if it ends at slot t. */
function haste(work: Workspace, t: number, bound: number): void {
  const { problem, plan, kept } = work;
  if (!planHastily(problem, work.filler, work.hasty, t)) return;
  copyPlan(work.hasty.plan, plan, problem.siteCount);
  keepAtHome(problem, plan);
  plan.cost = costOfPlan(problem, plan);
  if (plan.cost >= bound) copyPlan(plan, kept, problem.siteCount);
}

/** Spreads anew with the homes of the kept plan as dealt, as long as that improves it: the kept plan itself is among what is searched. */
function redeal(work: Workspace, t: number, bound: number): void {
  const { problem, dealt, plan, kept } = work;
  const rounds = redealRounds(problem.siteCount, dealt.blocks, t);
  for (let round = 0; round < rounds; round++) {
    takeDealing(problem, dealt, kept, t);
    while (dealt.length <= t) spreadSlot(problem, work.filler, dealt);
    if (!usesSlot(dealt, t) || planOf(work, dealt, t) >= kept.cost || plan.cost < bound) return;
    copyPlan(plan, kept, problem.siteCount);
  }
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

function subjectOf({ subject }: Workspace): Subject {
  invariant(subject !== undefined, 'a search is under way');
  return subject;
}

/** Reads the next slot of the book into the problem. */
function load(work: Workspace): void {
  const { book, job, arrival } = subjectOf(work);
  loadSlot(work.problem, book, job, slotOffset(book, arrival + work.problem.slotCount));
}

/** Opens the next slot for whichever search. @returns the floor by then. */
function advance(work: Workspace): number {
  load(work);
  return floorOfSlot(work.problem, work.floor, work.problem.slotCount - 1);
}

/** A way of searching the opened slots. */
type Method = Pick<Search, 'bound' | 'schedule'>;

/**
 * For jobs whose homes span few covers: the optimum, slot by slot. Where the core's steps are used up, the next method goes on: what it finds
 * counts where it is cheaper than the optimum by the slot before.
 */
function exactMethod(work: Workspace, next: () => Method): Method {
  const { problem, cover, reader, plan } = work;
  return {
    bound(): number {
      while (cover.length < problem.slotCount && coverSlot(problem, cover));
      return cover.spent ? Math.min(leastOfCover(cover), next().bound()) : leastOfCover(cover);
    },
    schedule(): Schedule | undefined {
      if (cover.spent) return next().bound() < leastOfCover(cover) ? next().schedule() : undefined;
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
function coarseMethod(work: Workspace): Method {
  const { problem, hopeful, best } = work;
  return {
    bound(): number {
      forEachOpened(work, hopeful.length, coarseSlot);
      return best.cost;
    },
    schedule: (): Schedule | undefined =>
      best.length > 0 && best.slot[best.length - 1] === problem.slotCount - 1
        ? scheduleOf(problem, best, subjectOf(work).arrival)
        : undefined,
  };
}

/** Looks at one more slot both ways, as long as the core's steps last, and keeps the best plan so far. */
function coarseSlot(work: Workspace): void {
  const { problem, cover, reader, plan, best, hopeful } = work;
  const isCovered = coverSlot(problem, cover);
  spreadSlot(problem, work.filler, hopeful);
  if (isCovered && readCoverPlan(problem, cover, reader, plan)) {
    improveHomes(work);
    if (plan.cost < best.cost) copyPlan(plan, best, problem.siteCount);
  }
  if (planBySpread(work) && plan.cost < best.cost) copyPlan(plan, best, problem.siteCount);
}

/** For larger jobs: counts spread over slots, homes dealt afterwards. */
function spreadMethod(work: Workspace): Method {
  const { problem, hopeful } = work;
  return {
    bound(): number {
      while (hopeful.length < problem.slotCount) spreadSlot(problem, work.filler, hopeful);
      return leastOf(hopeful, problem.slotCount - 1);
    },
    schedule: (): Schedule | undefined => (planBySpread(work) ? scheduleOf(problem, work.plan, subjectOf(work).arrival) : undefined),
  };
}

/** For a job of one chunk in a market that is too large for the core: the optimum in one pass over the sites. */
function singleMethod(work: Workspace): Method {
  const { problem, single, plan } = work;
  return {
    bound(): number {
      while (single.length < problem.slotCount) lookForSingle(problem, single);
      return single.cost;
    },
    schedule(): Schedule | undefined {
      if (single.slot !== problem.slotCount - 1) return undefined;
      readSingle(problem, single, plan);
      return scheduleOf(problem, plan, subjectOf(work).arrival);
    },
  };
}

/** For all that is larger: convex price curves and a first fit, planned again as they get cheaper. */
function hullMethod(work: Workspace): Method {
  const { problem, hull } = work;
  return {
    bound(): number {
      while (hull.length < problem.slotCount) lookAtSlot(problem, hull);
      return hull.best.cost;
    },
    schedule: (): Schedule | undefined =>
      hull.best.cost < Infinity && hull.best.last === problem.slotCount - 1
        ? sparseScheduleOf(problem, hull.best, subjectOf(work).arrival)
        : undefined,
  };
}

/** Slots that are looked at to choose which homes a coarse lattice tracks. */
const LOOK_SLOTS_MAX = 12;

export interface OracleOptions {
  /** What a search may do; `UNBOUNDED` decides as `eris-default/2` did. */
  readonly budgets?: Budgets;
}

/** The default oracle, which counts its steps. */
export interface DefaultOracle extends Oracle {
  /** Steps of all searches since it was made. */
  readonly steps: () => number;
}

/**
 * The default oracle (docs/decisions/oracle.md): exact on small jobs, a coarser lattice on middle ones, counts spread over slots on large
 * ones, and convex curves where the steps of that have no bound that is small enough.
 */
export function createDefaultOracle({ budgets = BUDGETS }: OracleOptions = {}): DefaultOracle {
  const work = createWorkspace(budgets);
  const beyond = { single: singleMethod(work), spread: spreadMethod(work), hull: hullMethod(work) };
  const next = (): Method => {
    prepare(work);
    return beyond[subjectOf(work).scope.method];
  };
  const methods = { exact: exactMethod(work, next), coarse: coarseMethod(work), ...beyond };
  let method: Method | undefined; // chosen when it is first needed: floors alone decide most bids of a full market
  const search: Search = {
    advance: () => advance(work),
    floor: () => (subjectOf(work).scope.hasSharpFloor ? sharpFloor(work.problem, work.sharp, work.floor) : work.floor.least),
    bound(): number {
      method ??= methods[choose(work)];
      return method.bound();
    },
    schedule: (): Schedule | undefined => method?.schedule(),
  };
  return {
    name: 'default',
    steps: () => work.problem.steps,
    open(book: Book, job: Job, arrival: number): Search {
      const { problem } = work;
      method = undefined;
      work.isPrepared = false;
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
  const limits = { slotSteps: Math.min(budgets.slot, budgets.exact / slotCount), steps: budgets.core };
  const isExact = scope.hasCore && resetCover(cover, problem, slotsMax, limits, true);
  problem.slotCount = opened;
  if (isExact) {
    resetPlan(work.plan, problem, slotsMax);
    return 'exact';
  }
  prepare(work);
  return scope.method === 'spread' && isCoarse(work, slotsMax) ? 'coarse' : scope.method;
}

/** Slots from the arrival to the window's end. */
function slotsOf(work: Workspace): number {
  const { book, arrival } = subjectOf(work);
  return book.baseSlot + book.slotCount - arrival;
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
  if (scope.method !== 'spread') return;
  for (const plan of [work.plan, work.kept, work.best]) resetPlan(plan, problem, slotsMax);
  for (const spread of [work.hopeful, work.wary, work.dealt]) resetSpread(spread, problem, slotsMax);
  resetHasty(work.hasty, problem, slotsMax);
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
