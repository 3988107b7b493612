import { createBook, type Book, type MarketSpec, occupy } from '#mechanism';
import { micros, type Milli } from '#units';

export type MarketClock = 'manual' | 'realtime';
export type MarketStatus = 'open' | 'paused' | 'closed';

/** A market's row as every transaction on its log first sees it. */
export interface MarketHead {
  readonly marketId: bigint;
  readonly sequence: bigint;
  readonly status: MarketStatus;
  readonly clock: MarketClock;
  /** The current slot. */
  readonly slot: number;
}

/** Everything that prices depend on, as of `head.sequence`. */
export interface MarketState {
  readonly head: MarketHead;
  /** Sequence of the last change of prices: an accepted bid, sites, capacity or the clock. */
  readonly priceVersion: bigint;
  readonly horizonSlots: number;
  readonly chunkKb: bigint;
  readonly bandwidthKb: bigint;
  readonly resources: readonly string[];
  /** Resource name or "bandwidth" to gamma. */
  readonly gamma: Readonly<Record<string, number>>;
  readonly unitMicros: bigint;
  readonly reserveMicros: bigint;
  /** In the order of their ordinals, which run from 0 without gaps. */
  readonly sites: readonly { readonly id: string; readonly ordinal: number; readonly capacityMilli: readonly number[] }[];
  /** Slots of the window with sales; cells as in `slot_usage`. */
  readonly usage: readonly { readonly slot: number; readonly usedMilli: readonly number[] }[];
}

/** A market's book with what it was made from. */
export interface OpenBook {
  readonly state: MarketState;
  readonly book: Book;
}

/** Builds the book of a market from what is stored. */
export function openBook(state: MarketState): OpenBook {
  const book = createBook(specOf(state), state.head.slot);
  for (const { slot, usedMilli } of state.usage) occupy(book, slot, usedMilli);
  return { state, book };
}

/** The first slot in which a bid decided now may run: never before it is known. */
export function arrivalOf(head: MarketHead): number {
  return head.clock === 'manual' ? head.slot : head.slot + 1;
}

function specOf(state: MarketState): MarketSpec {
  return {
    resources: state.resources,
    sites: state.sites.map(({ id, capacityMilli }) => ({ id, capacityMilli: capacityMilli as readonly Milli[] })),
    slotCount: state.horizonSlots,
    chunkKB: Number(state.chunkKb) as Milli,
    bandwidthKB: Number(state.bandwidthKb) as Milli,
    prices: {
      gammaBandwidth: state.gamma.bandwidth,
      gamma: state.resources.map((name) => state.gamma[name]),
      unit: micros(state.unitMicros),
      reserve: micros(state.reserveMicros),
    },
  };
}
