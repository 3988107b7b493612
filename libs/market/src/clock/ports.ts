import type { MarketHead } from '../book/index.js';

/** The time of day, as an argument. */
export interface Clock {
  nowMs(): number;
}

/** A realtime market whose slot follows the time of day. */
export interface RealtimeMarket {
  readonly marketId: bigint;
  readonly openedAtMs: number;
  readonly slotMinutes: number;
  readonly slot: number;
}

/** One transaction that moves a clock; the market's row is locked from `lock` on. */
export interface ClockTx {
  lock(marketId: bigint): Promise<MarketHead | undefined>;
  /**
   * Moves the clock from head.slot to `slot` as the next entry of the market's log, and books what the slots in between have earned:
   * one capture for each accepted bid and slot.
   */
  advance(head: MarketHead, slot: number): Promise<void>;
}

export interface ClockStore {
  /** The market, where it belongs to that operator. */
  findOwned(marketId: bigint, organisationId: bigint): Promise<MarketHead | undefined>;
  /** The highest id of an undecided bid, if there is one. */
  lastUndecided(marketId: bigint): Promise<bigint | undefined>;
  hasUndecidedUpTo(marketId: bigint, bidId: bigint): Promise<boolean>;
  transaction<T>(work: (tx: ClockTx) => Promise<T>): Promise<T>;
  /** Realtime markets that are not closed, or that have slots sold which have not run. */
  realtimeMarkets(): Promise<readonly RealtimeMarket[]>;
}
