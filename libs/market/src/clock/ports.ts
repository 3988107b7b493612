import type { MarketHead } from '../book/index.js';

/** The time of day, as an argument. */
export interface Clock {
  nowMs(): number;
}

/** The last slot of every clock; a slot and a window fit into a 32-bit integer. */
export const SLOT_MAX = 2_000_000_000;

/** A market whose clock is to be moved. */
export interface ClockMarket extends MarketHead {
  /** Slots on sale, from the current one on. */
  readonly horizonSlots: number;
}

/** A realtime market whose slot follows the time of day. */
export interface RealtimeMarket {
  readonly marketId: bigint;
  readonly openedAtMs: number;
  readonly slotMinutes: number;
  readonly slot: number;
}

/** What clocks read and write. Each call is a transaction of its own. */
export interface ClockStore {
  /** The market, where it belongs to that operator. */
  findOwned(marketId: bigint, organisationId: bigint): Promise<ClockMarket | undefined>;
  /** The highest id of an undecided bid, if there is one. */
  lastUndecided(marketId: bigint): Promise<bigint | undefined>;
  undecidedCount(marketId: bigint): Promise<number>;
  hasUndecidedUpTo(marketId: bigint, bidId: bigint): Promise<boolean>;
  /**
   * Moves the clock to `slot` where it stands before it, as the next entry of the market's log, and books what the slots in between cost: it is
   * retained, one transfer for each accepted bid and slot, and earned once all slots of a bid have run. All of it or nothing.
   * @returns the slot where it stood; undefined where there is no such market; `held` where it stands still while those are dealt with whom a window has
   * hit.
   */
  advance(marketId: bigint, slot: number): Promise<number | 'held' | undefined>;
  /** Realtime markets that are not closed, or that have slots sold which have not run. */
  realtimeMarkets(): Promise<readonly RealtimeMarket[]>;
}
