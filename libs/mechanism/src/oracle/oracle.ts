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
  /** Begins a search for a job that may run from absolute slot `arrival` (inside the book's window). */
  open(book: Book, job: Job, arrival: number): Search;
}

/**
 * Opens one slot after the other. What `schedule` gives depends on the opened slots alone, never on which schedules were asked for
 * before: a caller may skip any of them, and finds the same in the others.
 */
export interface Search {
  /**
   * Opens the next slot.
   * @returns no more than the price (micro-credits, a double for comparing) of any schedule that `schedule` could give now or could have
   * given before; Infinity where it gives none.
   */
  advance(): number;
  /** A cheap schedule whose last slot is the one opened last; undefined where none is known that is worth it. */
  schedule(): Schedule | undefined;
}
