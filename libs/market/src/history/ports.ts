import type { BidBody } from '#kinds';
import type { LogEvent } from '#log';
import type { MarketState } from '../book/index.js';
import type { LineRecord } from '../reading/ports.js';

/** What of a market never changes. */
export type MarketBase = Pick<MarketState, 'operatorId' | 'horizonSlots' | 'chunkKb' | 'bandwidthKb' | 'resources'> &
  Pick<MarketState['head'], 'marketId' | 'clock'>;

/** What an entry of a log changed of what is sold and what it costs. */
export interface PastEntry {
  readonly sequence: bigint;
  readonly at: Date;
  readonly event: LogEvent;
  /** Of an accepted bid: what it was sold, line by line. */
  readonly lines: readonly LineRecord[];
}

/** What an entry of a log changed of one slot: of what is sold of it, or of what prices it. */
export interface SlotChange extends PastEntry {
  /** Of an allocation that was repaired or ended: the plan that was in force, and the one that is; undefined where none is. */
  readonly replaced: { readonly bidId: bigint; readonly body: BidBody; readonly before: unknown; readonly after: unknown } | undefined;
}

/** A plan that was sold, as it is stored, while it was in force. */
export interface SoldPart {
  readonly bidId: bigint;
  readonly body: BidBody;
  readonly plan: unknown;
  /** The first slot that was sold by it, and the first that was not any more: undefined where all of it was. */
  readonly from: number;
  readonly until: number | undefined;
}

/** A market as it was after an entry of its log. */
export type PastState = Pick<MarketState, 'head' | 'priceVersion' | 'terms' | 'sites' | 'usage' | 'windows'>;

/** What is sold of one resource over the window on sale, and what it costs on average. */
export interface ResourceFigures {
  readonly resource: string;
  readonly usedMilli: number;
  readonly capacityMilli: number;
  /** Micro-credits per unit, the mean of cells of slots all over the window. */
  readonly meanPrice: bigint;
}

/** A state that is kept, so that a later one can be made from it. */
export interface Snapshot {
  readonly state: PastState;
  /** When the entry was written. */
  readonly at: Date;
  readonly figures: readonly ResourceFigures[];
}

/** A market whose log goes on beyond what is kept of it. */
export interface GrownMarket {
  readonly marketId: bigint;
  /** Sequence of the last state that is kept; 0 where none is. */
  readonly keptUpTo: bigint;
  /** Sequence of its last entry. */
  readonly head: bigint;
}

/** Where a log is read, and states of it are kept. Logs are never changed: each call is a statement of its own. */
export interface HistoryStore {
  /** Undefined where there is no such market. */
  findBase(marketId: bigint): Promise<MarketBase | undefined>;
  /** When an entry was written; undefined where the log has none of that number. */
  timeOf(marketId: bigint, sequence: bigint): Promise<Date | undefined>;
  /** The last state that is kept of no later than that entry. */
  snapshotBefore(base: MarketBase, sequence: bigint): Promise<PastState | undefined>;
  /** Entries that change anything of what is sold, after one and up to another, in order; at most so many. */
  entries(
    marketId: bigint,
    range: { readonly after: bigint; readonly upTo: bigint; readonly limit: number },
  ): Promise<readonly PastEntry[]>;
  /** Plans with slots from `first` to before `end` that were in force after that entry, each as far as it was. */
  plansInForce(
    marketId: bigint,
    moment: { readonly sequence: bigint; readonly first: number; readonly end: number },
  ): Promise<readonly SoldPart[]>;
  /** An entry before a slot came on sale, and one after it had been: 0, and undefined, where none is known. */
  saleOf(base: MarketBase, slot: number): Promise<{ readonly after: bigint; readonly upTo: bigint | undefined }>;
  /** The last entry that was written before a moment or at it; 0 where there is none. */
  lastBefore(marketId: bigint, moment: Date): Promise<bigint>;
  /** Entries that change anything of a slot, after one and up to another, in order; at most so many. Lines are those of that slot. */
  slotChanges(
    base: MarketBase,
    range: { readonly slot: number; readonly after: bigint; readonly upTo: bigint; readonly limit: number },
  ): Promise<readonly SlotChange[]>;
  /** Keeps a state; one that is kept already stays. */
  keep(snapshot: Snapshot): Promise<void>;
  /** Markets whose logs have grown by so many entries since the last state that is kept of them. */
  grown(entriesMin: number): Promise<readonly GrownMarket[]>;
  /** Forgets what is kept, of one market or of all. */
  forget(marketId?: bigint): Promise<void>;
}
