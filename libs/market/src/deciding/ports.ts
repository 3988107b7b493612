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

/** A bidder that pays in a batch. */
export interface Payer {
  /** As it was when the batch was decided. */
  readonly wallet: Wallet;
  /** The least, over its bids of the batch, of what it had beyond what the bid could cost at most; below zero: funds mattered. */
  readonly spareMicros: bigint;
}

/** What a batch writes. */
export interface BatchRecord {
  readonly marketId: bigint;
  readonly epoch: bigint;
  readonly payers: readonly Payer[];
  /** The market's sequence after the batch. */
  readonly sequence: bigint;
  readonly decided: readonly DecidedBid[];
  /** Slots whose sales rose, with all their cells. */
  readonly usage: readonly { readonly slot: number; readonly usedMilli: readonly number[] }[];
  readonly capacityMilli: readonly number[];
}

/** `ours`: nobody else may write to the market's log as its worker, until the lease ends and another one takes it. */
export type Fence =
  | { readonly kind: 'ours'; readonly epoch: bigint; readonly head: MarketHead }
  | { readonly kind: 'busy' }
  | { readonly kind: 'market_unknown' };

/**
 * What came of writing a batch. `stale`: the lease was taken by another worker, or the market's log has grown since the batch was begun.
 * `funds_moved`: money of a payer has moved meanwhile, and a decision may depend on it. Either way nothing was written.
 */
export type RecordOutcome = 'recorded' | 'stale' | 'funds_moved';

/** What a batch is decided by where its market and its bidders' wallets are held meanwhile: nothing can overtake it. */
export type HeldMarket = Pick<DecidingStore, 'readWallets' | 'record'>;

/** Each call is a transaction of its own: nothing is locked while a batch is thought about, unless it is decided within `held`. */
export interface DecidingStore {
  hasBacklog(marketId: bigint): Promise<boolean>;
  /** Takes or renews the lease; the epoch rises whenever the owner changes. */
  fence(marketId: bigint, claim: LeaseClaim): Promise<Fence>;
  /** Everything that the book is made of, as of one moment. */
  loadState(marketId: bigint): Promise<MarketState>;
  /** Undecided bids by id, at most `limit`. */
  backlog(marketId: bigint, limit: number): Promise<readonly QueuedBid[]>;
  /** The accounts of bidders as they are now; other markets may hold money of theirs meanwhile. */
  readWallets(organisationIds: readonly bigint[]): Promise<readonly Wallet[]>;
  /**
   * Where the lease is still `owner`'s and the market stands where the batch began: writes decisions, allocations, placements, usage,
   * holds, events and the sequence, removes the backlog rows, notifies once; funds of payers are written as they are at that moment.
   * @param lease `release`: others may take the market from then on.
   */
  record(batch: BatchRecord, owner: string, lease: 'keep' | 'release'): Promise<RecordOutcome>;
  /**
   * Runs `work` while the market's log stands still: wallets that it reads stay as they are until its end. What it records is written when it
   * ends, and nothing of it where it fails. A session that stops for longer than `idleMs` in the midst of it is ended.
   */
  held<T>(marketId: bigint, idleMs: number, work: (held: HeldMarket) => Promise<T>): Promise<T>;
  /** Lets others take the market at once. */
  release(marketId: bigint, owner: string): Promise<void>;
}
