import type { Book } from '../book.js';
import type { Job, Schedule } from '../types.js';

/** `exact` is the laboratory's reference: a solver outside this library. */
export type OracleName = 'default' | 'paper' | 'exact';

/**
 * A schedule oracle: finds cheap valid schedules for one job against the book as it stands. It never sees the valuation, the bidder or
 * the budget, so that the menu cannot depend on them (truthfulness, docs/mechanism.md section 5). It owns its workspace: one search at
 * a time per oracle, and nothing is allocated per bid once the workspace has grown to the market's size.
 */
export interface Oracle {
  readonly name: OracleName;
  /** Steps of all its searches since it was made, where it counts them (steps.ts). */
  readonly steps?: () => number;
  /** Begins a search for a job that may run from absolute slot `arrival` (inside the book's window). */
  open(book: Book, job: Job, arrival: number): Search;
}

/**
 * Opens one slot after the other. What `bound` and `schedule` give depends on the opened slots alone, never on what was asked for
 * before: a caller may skip any of it, and finds the same in the rest. Prices are micro-credits as doubles, for comparing.
 */
export interface Search {
  /** Opens the next slot. @returns a floor, cheaply: no schedule by then costs less; Infinity where none can exist. */
  advance(): number;
  /** A higher floor than the slot's own, dearer to find; Infinity where no schedule exists. */
  floor(): number;
  /** No more than the price of any schedule that `schedule` could give now or could have given before; Infinity where it gives none. */
  bound(): number;
  /** A cheap schedule whose last slot is the one opened last; undefined where none is known that is worth it. Ask for the bound first. */
  schedule(): Schedule | undefined;
}
