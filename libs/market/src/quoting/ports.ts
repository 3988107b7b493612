import type { BidBody } from '#kinds';
import type { MarketHead, MarketNews, MarketRows, MarketState } from '../book/index.js';
import type { DecidingStore } from '../deciding/index.js';
import type { BidRecord, Viewer } from '../reading/index.js';

/** A market that may be seen, and how large it is. */
export interface SeenMarket {
  readonly head: MarketHead;
  /** The organisation that runs it. */
  readonly operatorId: bigint;
  readonly horizonSlots: number;
  /** Of its window. */
  readonly cells: number;
}

/** Reads of what prices depend on; each is one snapshot. */
export interface BookSource {
  /** The market as that organisation may see it: its own or its operator's. */
  findVisible(marketId: bigint, organisationId: bigint): Promise<SeenMarket | undefined>;
  /** Everything that the book is made of, as of one moment. */
  load(marketId: bigint): Promise<MarketRows | undefined>;
  /** The same with the sales of some slots only, both ends included. */
  loadSlots(marketId: bigint, first: number, last: number): Promise<MarketState | undefined>;
  /** What has happened in the market's log after that sequence, where it can be told in a few slots. */
  newsSince(marketId: bigint, sequence: bigint): Promise<MarketNews | undefined>;
}

/** A bid that somebody asks about, with its body and what its bidder's wallet can pay now. */
export interface AskedBid {
  readonly bid: BidRecord;
  readonly body: BidBody;
  readonly fundsMicros: bigint;
}

/** Finds bids, of what the viewer may see. */
export interface AskedBidReader {
  find(viewer: Viewer, bidId: bigint): Promise<AskedBid | undefined>;
}

/** Reads budgets as deciding does. */
export type BudgetsReader = Pick<DecidingStore, 'readBudgets'>;
