import type { Book } from './book.js';
import type { Footprint, MarketSpec } from './types.js';

/**
 * What finds plans for jobs of one kind: all that the auction knows of a job. It looks for cheap valid plans for one job against the book as it
 * stands, and never sees the valuation, the bidder or the budget, so that the menu cannot depend on them (truthfulness, docs/mechanism.md). It owns
 * its workspace: one search at a time per oracle, and nothing is allocated per bid once the workspace has grown to the market's size.
 */
export interface Oracle<Job = unknown, Plan = unknown> {
  /** As result files name it. */
  readonly name: string;
  /** Steps of all its searches since it was made, where it counts them. */
  readonly steps?: () => number;
  /** What a job that asks for nothing lacks, as its refusal tells; undefined where there is something to plan. */
  emptiness(book: Book, job: Job): string | undefined;
  /** Begins a search for a job that may run from absolute slot `arrival` (inside the book's window). */
  open(book: Book, job: Job, arrival: number): Search<Plan>;
  /** What a plan takes of the market: a slot for each in which it runs, ascending. */
  footprintOf(spec: MarketSpec, job: Job, plan: Plan): Footprint;
  /** Why a job has no plan at all, as its refusal tells. */
  whyNone(job: Job): string;
}

/**
 * Opens one slot after the other. What `bound` and `plan` give depends on the opened slots alone, never on what was asked for
 * before: a caller may skip any of it, and finds the same in the rest. Prices are micro-credits as doubles, for comparing.
 */
export interface Search<Plan = unknown> {
  /** Opens the next slot. @returns a floor, cheaply: no plan by then costs less; Infinity where none can exist. */
  advance(): number;
  /** A higher floor than the slot's own, dearer to find; Infinity where no plan exists. */
  floor(): number;
  /** No more than the price of any plan that `plan` could give now or could have given before; Infinity where it gives none. */
  bound(): number;
  /** A cheap plan whose last slot is the one opened last; undefined where none is known that is worth it. Ask for the bound first. */
  plan(): Plan | undefined;
  /** Where finding some of its plans takes long. Then no bound is above what `plan` gives for that slot, later or earlier. */
  readonly dear?: DearPlans<Plan> | undefined;
}

/**
 * Of a search whose plans may take long to find: those are left until it is known which of them matter, and are then asked for in any order.
 * No more slots are opened afterwards.
 */
export interface DearPlans<Plan = unknown> {
  /** Whether the plan of the slot opened last is such a one. Ask for the bound first. */
  isDear(): boolean;
  /** What `plan` costs at most for the slot opened last; Infinity where that is not known, or not likely to be below what is given. */
  ceiling(below: number): number;
  /** A plan whose last slot is the one opened last, found quickly and maybe far from the cheapest; undefined where none is likely to cost less than given. */
  quickPlan(below: number): Plan | undefined;
  /** As `plan`, for the slot returned to; undefined as well where it turns out on the way that the plan costs no less than given, which `floorOf` tells then. */
  planBelow(below: number): Plan | undefined;
  /** What plans whose last slot is an opened one cost at least, as far as finding others has shown. */
  floorOf(completion: number): number;
  /** Makes an opened slot, by its number, the one that `plan` is about. */
  returnTo(completion: number): void;
  /** Whether any plan is known that ends by the slot opened last or returned to. Dear to find, like a plan. */
  isPossible(): boolean;
}
