import type { Movement } from '#ledger';
import type { LogEvent } from '#log';
import type { BidBody } from '#kinds';
import type { MarketRows } from '../book/index.js';
import type { BudgetCharge } from '../budgets/index.js';
import type { MarketTermsThen } from './as-of.js';

/** An allocation with slots to come, as it is stored. */
export interface LiveRow {
  readonly bidId: bigint;
  readonly organisationId: bigint;
  readonly sequence: bigint;
  readonly arrivalSlot: number;
  readonly body: BidBody;
  readonly promised: number;
  readonly paymentMicros: bigint;
  /** Its plans as their kind wrote them, and from which slot on each is or was in force; the last one is. */
  readonly plans: readonly { readonly plan: unknown; readonly from: number; readonly completion: number }[];
  /** What the slots cost that have not run. */
  readonly planned: readonly { readonly slot: number; readonly amountMicros: bigint }[];
  readonly retainedMicros: bigint;
  readonly returnedMicros: bigint;
  /** What it has taken of budgets, less what was given back. */
  readonly charges: readonly BudgetCharge[];
}

/** A window whose hits are not dealt with yet. */
export interface OpenWindowRow {
  readonly windowId: bigint;
  readonly cause: LogEvent<'window_opened'>['payload']['cause'];
}

/** A market with somebody to be dealt with, as of one moment. */
export interface HitMarket {
  readonly rows: MarketRows;
  readonly window: OpenWindowRow;
  /** In the order of their decisions. */
  readonly live: readonly LiveRow[];
}

/** A plan that was sold before a moment, as it is stored. */
export interface SoldPlanRow {
  readonly body: BidBody;
  readonly plan: unknown;
  readonly since: bigint;
  readonly until: bigint | undefined;
}

/** What a market was at a moment. */
export interface MarketThen {
  readonly market: MarketTermsThen;
  /** Entries before that moment that changed what the market is. */
  readonly events: readonly LogEvent[];
  readonly plans: readonly SoldPlanRow[];
}

/** What one entry writes. */
export interface HitRecord {
  readonly sequence: bigint;
  /** Whose allocation it is; null for the entry that settles the window. */
  readonly organisationId: bigint | null;
  readonly event: LogEvent<'allocation_repaired' | 'allocation_failed' | 'allocation_left' | 'allocation_cancelled' | 'window_settled'>;
  readonly bidId: bigint | null;
  /** Another plan, as its kind writes it, with what its slots cost. */
  readonly revision?: {
    readonly revision: number;
    readonly fromSlot: number;
    readonly completion: number;
    readonly plan: unknown;
    readonly placements: readonly { readonly slot: number; readonly amountMicros: bigint }[];
  };
  readonly ending?: { readonly ending: 'cancelled' | 'failed'; readonly slot: number };
  readonly movements: readonly Movement[];
  /** What budgets get back: below zero; none where nothing is said. */
  readonly charges?: readonly BudgetCharge[];
}

/** Entries that follow each other in a market's log, with what is sold of the slots that they touch. */
export interface RepairCommit {
  readonly marketId: bigint;
  /** Where the market's log stands before them. */
  readonly before: bigint;
  readonly records: readonly HitRecord[];
  readonly usage: readonly { readonly slot: number; readonly usedMilli: readonly number[]; readonly capacityMilli: readonly number[] }[];
}

/** What repairing needs of the database. */
export interface RepairStore {
  /** Markets with a window whose hits are not dealt with. */
  due(): Promise<readonly bigint[]>;
  /** Undefined where there is nothing to deal with any more. */
  load(marketId: bigint): Promise<HitMarket | undefined>;
  /** A market with its allocations that have slots to come, whether there is anything to deal with or not. */
  loadAny(marketId: bigint): Promise<Omit<HitMarket, 'window'>>;
  /** What a market was before an entry; of plans those with slots from `fromSlot` on. */
  then(marketId: bigint, sequence: bigint, fromSlot: number): Promise<MarketThen>;
  /** Writes all of it where the market's log stands where it was read, or nothing. @returns whether it was written. */
  record(commit: RepairCommit): Promise<boolean>;
}
