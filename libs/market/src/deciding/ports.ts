import type { BidBody } from '#kinds';
import type { BudgetCap } from '#log';
import type { Decision } from '#mechanism';
import type { BudgetsSeen } from '../budgets/index.js';
import type { LiveRow, RepairCommit } from '../lifecycle/repair-ports.js';
import type { MarketHead, MarketNews, MarketRows, MarketState } from '../book/index.js';

/** Who decides: a name that no other process has, and for how long a taken market stays taken, ms. */
export interface LeaseClaim {
  readonly owner: string;
  readonly leaseMs: number;
}

/** A taken market: an epoch ends with its owner. */
export interface MarketLease {
  readonly marketId: bigint;
  readonly epoch: bigint;
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
  /** How often the organisation's budgets, or what they hold, have changed; 0 where it never had one. */
  readonly budgetChanges?: bigint;
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
  /** What budgets left, where any counts the bid. */
  readonly caps?: readonly BudgetCap[] | undefined;
  /** Allocations that it goes on with, or takes the place of. */
  readonly links?: { readonly continues?: bigint; readonly replaces?: bigint } | undefined;
  /** The kind of its job. */
  readonly kind: string;
  /** Its plan as the kind's codec writes it. */
  readonly decision: Decision;
}

/** A bidder that pays in what is written together. */
export interface Payer {
  /** As it was when its bids were decided. */
  readonly wallet: Wallet;
  /** The least, over its bids, of what it had beyond what the bid could cost at most; below zero: funds mattered. */
  readonly slackMicros: bigint;
}

/** What was decided in one market. */
export interface BatchRecord {
  readonly marketId: bigint;
  readonly epoch: bigint;
  /** The market's sequence after the batch. */
  readonly sequence: bigint;
  readonly decided: readonly DecidedBid[];
  /** Slots whose sales rose, with all their cells. */
  readonly usage: readonly {
    readonly slot: number;
    readonly usedMilli: readonly number[];
    /** What there is of it; what the market has of its own where it isn't said. */
    readonly capacityMilli?: readonly number[];
  }[];
  /** What the market has of its own. */
  readonly capacityMilli: readonly number[];
}

/** What one statement writes: a batch of each of some markets. */
export interface RoundCommit {
  /** In the order of their markets' ids. */
  readonly batches: readonly BatchRecord[];
  readonly payers: readonly Payer[];
  readonly owner: string;
  /** `release`: others may take the markets from then on. */
  readonly lease: 'keep' | 'release';
}

/** `ours`: nobody else may write to the market's log as its worker, until the lease ends and another one takes it. */
export type LeasedMarket =
  | {
      readonly kind: 'ours';
      readonly marketId: bigint;
      readonly epoch: bigint;
      readonly head: MarketHead;
      /**
       * Undecided bids by id: all of them, or where they are too many every bidder's share. Of each bidder its first ones; of bidders, where they are
       * too many, those that come next after `lastBidderId`.
       */
      readonly bids: readonly QueuedBid[];
      /** Whether there are more of them. */
      readonly hasMore: boolean;
      /** Whose bid was decided last in this market; 0: nobody's. */
      readonly lastBidderId: bigint;
    }
  | { readonly kind: 'busy' | 'market_unknown'; readonly marketId: bigint };

/** Markets as a worker finds them, as of one moment. */
export interface LeasedBacklog {
  /** In the order of their ids. */
  readonly markets: readonly LeasedMarket[];
  /** Of every bidder whose bids were read; other markets may hold money of theirs meanwhile. */
  readonly wallets: readonly Wallet[];
}

/** For whose bids in which markets budgets are read. */
export interface BudgetsAsked {
  readonly organisationIds: readonly bigint[];
  readonly marketIds: readonly bigint[];
  readonly bidIds: readonly bigint[];
}

/**
 * What came of a batch. `stale`: its market's lease was taken by another worker, or the market's log has grown since the batch was begun.
 * `funds_moved`: money of a payer has moved meanwhile, or was not taken by a batch that is stale, and a decision may depend on it; then no batch
 * is written. Of what is not recorded nothing was written.
 */
export type RecordOutcome = 'recorded' | 'stale' | 'funds_moved';

/** What a batch is decided by where its market and its bidders' wallets are held meanwhile: nothing can overtake it. */
export interface HeldMarket extends Pick<DecidingStore, 'record'> {
  lockWallets(organisationIds: readonly bigint[]): Promise<readonly Wallet[]>;
  /** An allocation of the market as it stands; undefined where nothing of it is to run. */
  live(bidId: bigint): Promise<LiveRow | undefined>;
  /** Writes a cancellation and the decision of the bid that it is for, or nothing. */
  recordChange(cancelled: RepairCommit, turn: RoundCommit): Promise<RecordOutcome>;
}

/** Each call is a transaction of its own: nothing is locked while bids are thought about, unless they are decided within `held`. */
export interface DecidingStore {
  /** Takes or renews the markets' leases (an epoch rises whenever its owner changes), and reads what is to be decided, at most `limit` bids of each. */
  leaseAndRead(marketIds: readonly bigint[], claim: LeaseClaim, limit: number): Promise<LeasedBacklog>;
  /** Leases that are still the owner's, as of these epochs, and were not given back run from now again. */
  renew(leases: readonly MarketLease[], claim: LeaseClaim): Promise<void>;
  /** Everything that the book is made of, as of one moment; `large` where its window has more than `cellsMax` cells. */
  loadState(marketId: bigint, cellsMax?: number): Promise<MarketState | 'large'>;
  /** The same, not parsed, of a market of any size. */
  loadRows(marketId: bigint): Promise<MarketRows>;
  /** What has happened in the market's log after that sequence, where it can be told in a few slots; otherwise the book is to be built anew. */
  newsSince(marketId: bigint, sequence: bigint): Promise<MarketNews | undefined>;
  /** The budgets of some organisations, with the keys of some bids and the calendars of some markets. */
  readBudgets(asked: BudgetsAsked): Promise<BudgetsSeen>;
  /**
   * Of each market whose lease is still the owner's and that stands where its batch began: writes decisions, allocations, placements, usage, holds,
   * events and the sequence, removes the backlog rows, notifies once; funds of payers are written as they are at that moment.
   * @returns an outcome for each batch, in their order.
   */
  record(turn: RoundCommit): Promise<readonly RecordOutcome[]>;
  /**
   * Runs `work` while the market's log stands still: wallets that it locks stay as they are until its end. What it records is written when it
   * ends, and nothing of it where it fails. A session that stops for longer than `idleMs` in the midst of it is ended.
   */
  held<T>(marketId: bigint, idleMs: number, work: (held: HeldMarket) => Promise<T>): Promise<T>;
  /** Lets others take the markets at once. */
  release(marketIds: readonly bigint[], owner: string): Promise<void>;
}
