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
}
