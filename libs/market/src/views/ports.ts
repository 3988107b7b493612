import type { BidRecord, BidStatus, Viewer } from '../reading/ports.js';

/** By what bids are ordered; ties by id. All but `placed` are of decided bids only. */
export type BidSort = 'placed' | 'decided' | 'value' | 'payment';
/** By what bids are counted together. */
export type BidGroup = 'status' | 'reason' | 'label' | 'organisation';

/** Which bids are looked for. What is undefined is not asked for. */
export interface BidSearchFilter {
  readonly status?: BidStatus | undefined;
  /** Code of a refusal. */
  readonly reason?: string | undefined;
  readonly label?: string | undefined;
  /** How the label begins. */
  readonly labelPrefix?: string | undefined;
  readonly organisationId?: bigint | undefined;
  /** When they were placed: from the first moment on, before the second. */
  readonly placedSince?: Date | undefined;
  readonly placedBefore?: Date | undefined;
  /** Micro-credits, both ends included. */
  readonly valueMin?: bigint | undefined;
  readonly valueMax?: bigint | undefined;
  readonly paymentMin?: bigint | undefined;
  readonly paymentMax?: bigint | undefined;
}

/** Where a page of a search ends: what its last bid is ordered by, and its id. */
export interface BidPlace {
  readonly key: bigint;
  readonly bidId: bigint;
}

/** A page of a search. */
export interface BidSearch {
  readonly filter: BidSearchFilter;
  readonly sort: BidSort;
  readonly descending: boolean;
  readonly after?: BidPlace | undefined;
  readonly limit: number;
}

/** A bid that was found, and what it is ordered by. */
export interface FoundBid {
  readonly key: bigint;
  readonly bid: BidRecord;
}

/** How bids are counted: the groups after a key, in the order of their keys. */
export interface BidGrouping {
  readonly filter: BidSearchFilter;
  readonly by: BidGroup;
  readonly after?: string | undefined;
  readonly limit: number;
}

/** Bids that have something in common; `key` is empty where they have none of it. */
export interface BidGroupRecord {
  readonly key: string;
  readonly count: bigint;
  readonly valueMicros: bigint;
  readonly paymentMicros: bigint;
}

/** Finds bids of markets that the viewer sees: those of its organisation, or all where it oversees the market. Undefined where it sees no such market. */
export interface BidSearcher {
  search(viewer: Viewer, marketId: bigint, search: BidSearch): Promise<readonly FoundBid[] | undefined>;
  group(viewer: Viewer, marketId: bigint, grouping: BidGrouping): Promise<readonly BidGroupRecord[] | undefined>;
}

/** A part of a market's history, by time or by slot: from one to before another, so much in a bucket. Minutes since 1970, or slots. */
export interface SeriesRange {
  readonly by: 'time' | 'slot';
  readonly from: number;
  readonly to: number;
  readonly per: number;
}

/** What happened in a bucket. */
export interface SeriesBucket {
  /** Minutes since 1970, or the slot, that it begins with. */
  readonly at: number;
  readonly received: number;
  readonly accepted: number;
  readonly refused: number;
  readonly valueMicros: bigint;
  readonly paymentMicros: bigint;
  /** Bids that were received before the end of the bucket and not decided by then; undefined by slot. */
  readonly queued?: number | undefined;
  /** Milliseconds from a bid's receipt to its decision; half, and 99 of 100, took no longer than the bound told. Undefined where nothing was decided. */
  readonly wait?: { readonly meanMs: number; readonly p50Ms: number; readonly p99Ms: number; readonly maxMs: number } | undefined;
  /** By resource: what of the window was sold, and the mean posted price; empty where no state was kept in the bucket. */
  readonly prices: readonly { readonly resource: string; readonly soldShare: number; readonly meanPrice: bigint }[];
}

/** A market's history in buckets, and how far it was read. */
export interface Series {
  readonly buckets: readonly SeriesBucket[];
  /** Sequence of the log up to which decisions are in it, and where the log ended at the same moment. */
  readonly upTo: bigint;
  readonly head: bigint;
}

/** Reads series of markets that the viewer oversees or is a member of. */
export interface SeriesReader {
  read(viewer: Viewer, marketId: bigint, range: SeriesRange): Promise<Series | undefined>;
}

/** A market whose decisions are not all counted yet. */
export interface LaggingMarket {
  readonly marketId: bigint;
  /** Entries of its log that are not read. */
  readonly entries: bigint;
}

/** Keeps what searches and series are read from, behind the log. */
export interface ViewStore {
  lagging(): Promise<readonly LaggingMarket[]>;
  /** Takes the next decisions of a market in, once over all processes. @returns how many there were. */
  takeIn(marketId: bigint, most: number): Promise<number>;
  /** Forgets what is kept, of one market or of all: it is taken in anew. */
  forget(marketId?: bigint): Promise<void>;
}
