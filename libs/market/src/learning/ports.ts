import type { LogEvent, MarketTerms, PayloadOf } from '#log';
import type { Density, Report } from '#mechanism';
import type { BookTerms } from '../book/index.js';
import type { FoldMark, ReportingBid } from './fold.js';

/** How far a market's bids are measured: up to that entry of its log, and what the fold stands at there. */
export interface LearningCursor extends FoldMark {
  readonly through: bigint;
}

/** The level that a market is to have as its clock moves to a slot, if it has those terms then. */
export interface PreparedLevel {
  readonly slot: number;
  readonly before: MarketTerms;
  /** With `through` as in the cursor that it is kept with. */
  readonly payload: LevelChange['payload'];
}

/** An entry of the log after a cursor. */
export interface LearningEntry {
  readonly sequence: bigint;
  /** A decided bid, or whatever else has happened. */
  readonly told: { readonly kind: 'bid'; readonly bid: ReportingBid } | { readonly kind: 'change'; readonly event: LogEvent };
}

/** Where a market's learning stands in the database. */
export interface LearningStart {
  readonly cursor: LearningCursor;
  /** The market before the first entry of its log. */
  readonly origin: BookTerms;
  /** Changes of terms, sites, level and clock up to the cursor, in their order; of levels and of the clock the last ones only. */
  readonly changes: readonly LogEvent[];
  /** What was measured, as far back as the slots on sale are many. */
  readonly reports: readonly Report[];
}

/** The next entries of a log, and the market as of the same moment. */
export interface LearningPage {
  readonly entries: readonly LearningEntry[];
  /** Whether there are more. */
  readonly hasMore: boolean;
  readonly head: Pick<BookTerms['head'], 'slot' | 'status' | 'sequence'>;
}

/** A bid with its density, as it is kept. */
export interface MeasuredBid {
  readonly bid: ReportingBid;
  readonly report: Report & Density;
}

/** A level that the market is to have from here on. */
export interface LevelChange {
  readonly marketId: bigint;
  /** The market as the level was learnt for it: nothing is changed where it has moved on to another slot or other terms. */
  readonly seen: BookTerms;
  /** Whether no bid may have been decided in the slot yet. */
  readonly isBoundary: boolean;
  readonly payload: Omit<PayloadOf<'prices_changed'>, 'left'>;
}

/** What is kept of a page. */
export interface LearningSave {
  readonly marketId: bigint;
  /** Where the cursor must stand. */
  readonly before: bigint;
  readonly cursor: LearningCursor;
  readonly measured: readonly MeasuredBid[];
  /** The level of the next slot; undefined where the present one stays. */
  readonly prepared: PreparedLevel | undefined;
}

/** What learning does in the database. */
export interface LearningStore {
  /** Markets that learn and whose logs go on after their cursors. */
  behind(): Promise<readonly bigint[]>;
  cursor(marketId: bigint): Promise<LearningCursor>;
  start(marketId: bigint): Promise<LearningStart>;
  page(marketId: bigint, after: bigint): Promise<LearningPage>;
  /** Moves the cursor on and keeps what was measured. @returns false where another process has moved it meanwhile. */
  save(saving: LearningSave): Promise<boolean>;
  /** Writes the level and its entry. @returns false where the market has moved on, or has decided bids where it must not have. */
  change(change: LevelChange): Promise<boolean>;
}
