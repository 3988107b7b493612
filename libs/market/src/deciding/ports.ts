import type { Decision } from '#mechanism';
import type { BidBody } from '../bid-body.js';
import type { MarketHead, MarketState } from '../book/index.js';

/** Who decides: a name that no other process has, and for how long a taken market stays taken, ms. */
export interface LeaseClaim {
  readonly owner: string;
  readonly leaseMs: number;
}

/** A bid of the backlog. */
export interface QueuedBid {
  readonly bidId: bigint;
  readonly organisationId: bigint;
  readonly body: BidBody;
}

/** A bidder's accounts. */
export interface Wallet {
  readonly organisationId: bigint;
  readonly walletId: bigint;
  readonly escrowId: bigint;
  /** What the wallet can pay, micro-credits. */
  readonly fundsMicros: bigint;
}

/** A bid with its answer, and what the answer saw. */
export interface DecidedBid {
  readonly bidId: bigint;
  readonly wallet: Wallet;
  /** The decision's place in the market's log. */
  readonly sequence: bigint;
  readonly arrivalSlot: number;
  readonly priceVersion: bigint;
  readonly fundsMicros: bigint;
  readonly decision: Decision;
}

/** What a batch writes. */
export interface BatchRecord {
  readonly marketId: bigint;
  readonly epoch: bigint;
  /** The market's sequence after the batch. */
  readonly sequence: bigint;
  readonly decided: readonly DecidedBid[];
  /** Slots whose sales rose, with all their cells. */
  readonly usage: readonly { readonly slot: number; readonly usedMilli: readonly number[] }[];
  readonly capacityMilli: readonly number[];
}

/** The market is ours until the transaction ends: its row and its lease are locked. */
export type Fence =
  | { readonly kind: 'ours'; readonly epoch: bigint; readonly head: MarketHead }
  | { readonly kind: 'busy' }
  | { readonly kind: 'market_unknown' };

/** One deciding transaction: nothing of it is seen before its commit, and nothing of it stays where it fails. */
export interface DecidingTx {
  /** Locks the market and takes or renews its lease; the epoch rises whenever the owner changes. */
  fence(marketId: bigint, claim: LeaseClaim): Promise<Fence>;
  /** Everything that the book is made of. */
  loadState(head: MarketHead): Promise<MarketState>;
  /** Undecided bids by id, at most `limit`. */
  backlog(marketId: bigint, limit: number): Promise<readonly QueuedBid[]>;
  /** The accounts of bidders as they are now; other markets may hold money of theirs meanwhile. */
  readWallets(organisationIds: readonly bigint[]): Promise<readonly Wallet[]>;
  /** The same, locked in id order until the transaction ends. */
  lockWallets(organisationIds: readonly bigint[]): Promise<readonly Wallet[]>;
  /**
   * Writes decisions, allocations, placements, usage, holds, events and the sequence; removes the backlog rows; notifies once. With
   * `release` others may take the market as soon as the transaction has ended.
   */
  record(batch: BatchRecord, lease: 'keep' | 'release'): Promise<void>;
}

export interface DecidingStore {
  hasBacklog(marketId: bigint): Promise<boolean>;
  /** Runs `work` in one transaction; an error rolls back. A session that stops for longer than `idleMs` in the midst of it is ended. */
  transaction<T>(idleMs: number, work: (tx: DecidingTx) => Promise<T>): Promise<T>;
  /** Lets others take the market at once. */
  release(marketId: bigint, owner: string): Promise<void>;
}
