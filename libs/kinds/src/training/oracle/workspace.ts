import { slotOffset, type Book } from '#mechanism';
import { invariant } from '#units';
import type { TrainingJob } from '../job.js';
import { createGate } from './gate.js';
import { createCover } from './kernel/cover.js';
import { createFiller } from './kernel/fill.js';
import { createFloor, floorOfSlot } from './kernel/floor.js';
import { createGreedyFallback } from './kernel/greedy-fallback.js';
import { createHull } from './kernel/hull.js';
import { createDealer, createPlan } from './kernel/plan.js';
import { createRelaxedFloor } from './kernel/priced/relaxed-floor.js';
import { createPriced } from './kernel/priced/state.js';
import { createProblem, loadSlot } from './kernel/problem.js';
import { createCoverReader } from './kernel/read-cover.js';
import { createSharpFloor } from './kernel/sharp-floor.js';
import { createSingle } from './kernel/single.js';
import { createSpread } from './kernel/spread.js';
import type { Budgets, Scope } from './steps.js';

/** What the search under way is about. */
interface Subject {
  readonly book: Book;
  readonly job: TrainingJob;
  readonly arrival: number;
  readonly scope: Scope;
}

/** Everything that searches work in; made once for all of them. */
export function createWorkspace(budgets: Budgets) {
  return {
    budgets,
    subject: undefined as Subject | undefined,
    /** Whether the method that follows the core is prepared. */
    isPrepared: false,
    /** Slots opened, whichever of them the search has returned to. */
    opened: 0,
    problem: createProblem(),
    floor: createFloor(),
    sharp: createSharpFloor(),
    cover: createCover(),
    reader: createCoverReader(),
    filler: createFiller(),
    assigner: createDealer(budgets.relief),
    plan: createPlan(),
    kept: createPlan(),
    best: createPlan(),
    optimistic: createSpread('optimistic'),
    pessimistic: createSpread('pessimistic'),
    assigned: createSpread('assigned'),
    greedyFallback: createGreedyFallback(),
    single: createSingle(),
    hull: createHull(),
    priced: createPriced(),
    relaxed: createRelaxedFloor(),
    gate: createGate(),
  };
}
/** The same as a type. */
export type Workspace = ReturnType<typeof createWorkspace>;

/** What the search under way is about. */
export function subjectOf({ subject }: Workspace): Subject {
  invariant(subject !== undefined, 'a search is under way');
  return subject;
}

/** Slots from the arrival to the window's end. */
export function slotsOf(work: Workspace): number {
  const { book, arrival } = subjectOf(work);
  return book.baseSlot + book.slotCount - arrival;
}

/** Reads the next slot of the book into the problem. */
export function load(work: Workspace): void {
  const { book, job, arrival } = subjectOf(work);
  loadSlot(work.problem, book, job, slotOffset(book, arrival + work.problem.slotCount));
}

/** Opens the next slot for whichever search. @returns the floor by then. */
export function advance(work: Workspace): number {
  work.problem.slotCount = work.opened++;
  load(work);
  return floorOfSlot(work.problem, work.floor, work.problem.slotCount - 1);
}
