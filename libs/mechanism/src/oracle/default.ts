import { invariant } from '#units';
import { slotOffset, type Book } from '../book.js';
import type { Job, Schedule } from '../types.js';
import { coverSlot, createCover, leastOfCover, readCoverPlan, resetCover } from './kernel/cover.js';
import { createFiller } from './kernel/fill.js';
import { createFloor, floorOfSlot, resetFloor } from './kernel/floor.js';
import { copyPlan, costOfPlan, createDealer, createPlan, dealHomes, keepAtHome, resetPlan, scheduleOf } from './kernel/plan.js';
import { createSharpFloor, resetSharpFloor, sharpFloor } from './kernel/sharp-floor.js';
import { createHasty, planHastily, resetHasty } from './kernel/hasty.js';
import { createProblem, loadJob, loadSlot } from './kernel/problem.js';
import { maySuit } from './kernel/lattice.js';
import { createCoverReader } from './kernel/read-cover.js';
import { createSpread, leastOf, readPlan, resetSpread, spreadSlot, takeDealing, usesSlot, type Spread } from './kernel/spread.js';
import type { Oracle, Search } from './oracle.js';

/** What the search under way is about. */
interface Subject {
  readonly book: Book;
  readonly job: Job;
  readonly arrival: number;
}

function createWorkspace() {
  return {
    subject: undefined as Subject | undefined,
    problem: createProblem(),
    floor: createFloor(),
    sharp: createSharpFloor(),
    cover: createCover(),
    reader: createCoverReader(),
    filler: createFiller(),
    dealer: createDealer(),
    plan: createPlan(),
    kept: createPlan(),
    best: createPlan(),
    hopeful: createSpread('hopeful'),
    wary: createSpread('wary'),
    dealt: createSpread('dealt'),
    hasty: createHasty(),
  };
}
type Workspace = ReturnType<typeof createWorkspace>;

/** A plan this near to its bound is not improved: a millionth, or a micro-credit. */
const TIGHT = 1 + 1e-6;
const TIGHT_MICROS = 1;
/** Rounds of spreading anew, and slots times sites times blocks that they may look at together. */
const ROUNDS_MAX = 4;
const REDEAL_WORK_MAX = 10_000;

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
  const rounds = Math.min(ROUNDS_MAX, Math.floor(REDEAL_WORK_MAX / ((t + 1) * problem.siteCount * dealt.blocks)));
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

/** For jobs whose homes span few covers: the optimum, slot by slot. */
function exactMethod(work: Workspace): Method {
  const { problem, cover, reader, plan } = work;
  return {
    bound(): number {
      while (cover.length < problem.slotCount) coverSlot(problem, cover);
      return leastOfCover(cover);
    },
    schedule: (): Schedule | undefined =>
      readCoverPlan(problem, cover, reader, plan) ? scheduleOf(problem, plan, subjectOf(work).arrival) : undefined,
  };
}

/** For jobs of middle size: the core on a coarse lattice beside the spread, the cheaper of both slot by slot. */
function coarseMethod(work: Workspace): Method {
  const { problem, cover, best } = work;
  return {
    bound(): number {
      const opened = problem.slotCount;
      for (problem.slotCount = cover.length + 1; problem.slotCount <= opened; problem.slotCount++) coarseSlot(work);
      problem.slotCount = opened;
      return best.cost;
    },
    schedule: (): Schedule | undefined =>
      best.length > 0 && best.slot[best.length - 1] === problem.slotCount - 1
        ? scheduleOf(problem, best, subjectOf(work).arrival)
        : undefined,
  };
}

/** Looks at one more slot both ways and keeps the best plan so far. */
function coarseSlot(work: Workspace): void {
  const { problem, cover, reader, plan, best, hopeful } = work;
  coverSlot(problem, cover);
  spreadSlot(problem, work.filler, hopeful);
  if (readCoverPlan(problem, cover, reader, plan)) {
    improveHomes(work);
    if (plan.cost < best.cost) copyPlan(plan, best, problem.siteCount);
  }
  if (planBySpread(work) && plan.cost < best.cost) copyPlan(plan, best, problem.siteCount);
}

/** For all other jobs: counts spread over slots, homes dealt afterwards. */
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

/** Steps that the core may take in all slots of a window together: bounds the time of a decision. */
const STEPS_MAX = 200_000_000;
/** Slots that are looked at to choose which homes a coarse lattice tracks. */
const LOOK_SLOTS_MAX = 12;

export interface OracleOptions {
  /** Steps of the core for a whole window; 0 measures the spread alone. */
  readonly stepsMax?: number;
  readonly coarseStepsMax?: number;
}

/** Steps of the core per slot that a search may take, exactly and coarsely. */
interface Limits {
  readonly exactSteps: number;
  readonly coarseSteps: number;
}

/** The default oracle (docs/decisions/oracle.md): exact on small jobs, a coarser lattice on middle ones, counts spread over slots on large ones. */
export function createDefaultOracle({ stepsMax = STEPS_MAX, coarseStepsMax = STEPS_MAX / 4 }: OracleOptions = {}): Oracle {
  const work = createWorkspace();
  const methods = { exact: exactMethod(work), coarse: coarseMethod(work), spread: spreadMethod(work) };
  let method: Method | undefined; // chosen when it is first needed: floors alone decide most bids of a full market
  const search: Search = {
    advance: () => advance(work),
    floor: () => sharpFloor(work.problem, work.sharp, work.floor),
    bound(): number {
      const { slotCount } = subjectOf(work).book;
      method ??= methods[choose(work, { exactSteps: stepsMax / slotCount, coarseSteps: coarseStepsMax / (slotCount * slotCount) })];
      return method.bound();
    },
    schedule: (): Schedule | undefined => method?.schedule(),
  };
  return {
    name: 'default',
    open(book: Book, job: Job, arrival: number): Search {
      work.subject = { book, job, arrival };
      method = undefined;
      loadJob(work.problem, book, job);
      resetFloor(work.floor, work.problem);
      resetSharpFloor(work.sharp);
      return search;
    },
  };
}

/** Chooses the method by the steps that it may take per slot, whatever slots are open, and prepares it. */
function choose(work: Workspace, { exactSteps, coarseSteps }: Limits): 'exact' | 'coarse' | 'spread' {
  const { problem, cover } = work;
  const { book, arrival } = subjectOf(work);
  const slotsMax = book.baseSlot + book.slotCount - arrival;
  invariant(slotsMax > 0, 'arrival lies in the window');
  for (const plan of [work.plan, work.kept, work.best]) resetPlan(plan, problem, slotsMax);
  const opened = problem.slotCount;
  problem.slotCount = 0;
  const isExact = resetCover(cover, problem, slotsMax, exactSteps, true);
  problem.slotCount = opened;
  if (isExact) return 'exact';
  for (const spread of [work.hopeful, work.wary, work.dealt]) resetSpread(spread, problem, slotsMax);
  resetHasty(work.hasty, problem, slotsMax);
  if (!maySuit(problem, coarseSteps)) return 'spread';
  const looked = Math.min(slotsMax, LOOK_SLOTS_MAX);
  while (problem.slotCount < looked) load(work);
  problem.slotCount = looked;
  const suits = resetCover(cover, problem, slotsMax, coarseSteps, false);
  problem.slotCount = opened;
  return suits ? 'coarse' : 'spread';
}
