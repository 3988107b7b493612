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
  /** `exact` is the laboratory's (libs/lab): it solves each completion to optimality. */
  readonly name: OracleName | 'exact';
  /** Begins a search for a job that may run from absolute slot `arrival` (inside the book's window). */
  open(book: Book, job: Job, arrival: number): Search;
}

/** Opens one slot after the other; what is found is the cheapest schedule that completes by the last opened slot. */
export interface Search {
  /** Opens the next slot. Estimated price in micro-credits (a double, for comparing) of the best plan by then; Infinity where none is known. */
  advance(): number;
  /** The best plan by the last opened slot as a schedule; call only after `advance` gave a finite price. */
  schedule(): Schedule;
}
