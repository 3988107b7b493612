import type { BidInbox, CatalogueTx, ClockStore, DecidingStore, UnitOfWork } from '#market';
import type { AccountKind } from '#ledger';
import type { SeededMarket } from '../support/market.js';

/** An entry of a market's log. */
export interface Entry {
  readonly sequence: bigint;
  readonly kind: string;
}

export interface MarketOptions {
  readonly clock?: 'manual' | 'realtime';
  /** The least price of a unit, micro-credits. */
  readonly reserveMicros?: bigint;
  /** What each bidder's wallet holds, micro-credits. */
  readonly fundsMicros?: bigint;
}

/**
 * A database with the ports over it. The market's use cases know no more of it than these ports, so what a port promises is stated once and asked of
 * both: of Postgres, and of the model that the simulation runs on, which is worth as much as it is like Postgres.
 */
export interface Backend {
  readonly inbox: BidInbox;
  readonly deciding: DecidingStore;
  readonly clock: ClockStore;
  readonly catalogue: UnitOfWork<CatalogueTx>;
  /** Two markets of one operator, with two sites and two bidders with money. */
  readonly markets: readonly [SeededMarket, SeededMarket];
  /** What is in an account, micro-credits. */
  balanceOf(organisationId: bigint, kind: AccountKind): Promise<bigint>;
  logOf(marketId: bigint): Promise<readonly Entry[]>;
  /** Bids of the market that have a decision, in their order. */
  decidedIn(marketId: bigint): Promise<readonly bigint[]>;
  /** So much time goes by for leases, ms. */
  pass(ms: number): Promise<void>;
  close(): Promise<void>;
}

export type OpenBackend = (options?: MarketOptions) => Promise<Backend>;

export const HORIZON_SLOTS = 50;
export const SITE_COUNT = 2;
export const BIDDER_COUNT = 2;
export const FUNDS_MICROS = 10n ** 12n;
