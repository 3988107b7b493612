import type { MarketTerms } from '#log';
import {
  advanceBook,
  type Book,
  createBook,
  isCapacitySet,
  type MarketSpec,
  occupy,
  ownCapacityOf,
  repriced,
  setCapacities,
  type SlotCapacity,
  usageOf,
} from '#mechanism';
import { invariant, type Milli } from '#units';
import { type CapacityWindow, covers, leftOf, stockOf, windowsIn } from './windows.js';

/** Who moves a market's clock: its operator, or the time of day. */
export type MarketClock = 'manual' | 'realtime';
/** Whether a market takes and decides bids: `paused` does neither, `closed` never again. */
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
  /** The organisation that runs the market. */
  readonly operatorId: bigint;
  /** Sequence of the last change of prices: an accepted bid, sites, capacity or the clock. */
  readonly priceVersion: bigint;
  readonly horizonSlots: number;
  readonly chunkKb: bigint;
  readonly bandwidthKb: bigint;
  readonly resources: readonly string[];
  readonly terms: MarketTerms;
  /** In the order of their ordinals, which run from 0 without gaps. */
  readonly sites: readonly { readonly id: string; readonly ordinal: number; readonly capacityMilli: readonly number[] }[];
  /** Slots of the window with sales; cells as in `slot_usage`. */
  readonly usage: readonly SlotUsage[];
  /** Capacity that is off sale, now or later; none where it isn't said. */
  readonly windows?: readonly CapacityWindow[];
}

/** What is sold of a slot, per cell. */
export interface SlotUsage {
  readonly slot: number;
  readonly usedMilli: readonly number[];
}

/** The same as it is stored: what grows with the market is not parsed yet, so that this can be done elsewhere. */
export interface MarketRows extends Omit<MarketState, 'sites' | 'usage'> {
  /** JSON of what `MarketState` has under these names. */
  readonly sitesText: string;
  readonly usageText: string;
}

/** Parses what grows with the market. */
export function stateOf({ sitesText, usageText, ...rest }: MarketRows): MarketState {
  const sites = JSON.parse(sitesText) as MarketState['sites'];
  invariant(
    sites.every((site, index) => site.ordinal === index),
    'ordinals of sites run from 0 without gaps',
  );
  return { ...rest, sites, usage: JSON.parse(usageText) as MarketState['usage'] };
}

/** What prices depend on beside sales: those are in the book. */
export type BookTerms = Omit<MarketState, 'usage'>;

/** A market's book with what it was made from. */
export interface OpenBook {
  readonly state: BookTerms;
  readonly book: Book;
}

/** Builds the book of a market from what is stored. */
export function openBook({ usage, ...state }: MarketState): OpenBook {
  const book = createBook(specOf(state), state.head.slot);
  fill(book, state, usage);
  return { state, book };
}

/** Withdraws and sells what is withdrawn and sold of the slots of a new book. */
function fill(book: Book, state: BookTerms, usage: readonly SlotUsage[]): void {
  const used = new Map(usage.map(({ slot, usedMilli }) => [slot, usedMilli]));
  withdraw(book, state, { first: book.baseSlot, usedOf: (slot) => used.get(slot) ?? [] });
  for (const { slot, usedMilli } of usage) occupy(book, slot, usedMilli);
}

interface Withdrawing {
  readonly first: number;
  readonly usedOf: (slot: number) => readonly number[];
}

/** Sets the capacities of the slots from `first` on that windows cover. */
function withdraw(book: Book, { windows: all = [], resources }: BookTerms, { first, usedOf }: Withdrawing): void {
  const end = book.baseSlot + book.slotCount;
  const windows = windowsIn(all, first, end);
  if (all.length === 0) return;
  const own = ownCapacityOf(book);
  const set: SlotCapacity[] = [];
  for (let slot = first; slot < end; slot++)
    if (isCapacitySet(book, slot) || windows.some((window) => covers(window, slot)))
      set.push({ slot, capacityMilli: stockOf(leftOf(own, windows, slot, { resources }), usedOf(slot)) });
  if (set.length > 0) setCapacities(book, set);
}

/** Sets capacities anew, after what is sold of slots has fallen: what is withdrawn of them falls with it. */
export function withdrawAgain({ state, book }: OpenBook, slots: readonly number[]): void {
  const { resources } = state;
  const windows = windowsIn(state.windows ?? [], Math.min(...slots), Math.max(...slots) + 1);
  if (windows.length === 0) return;
  const own = ownCapacityOf(book);
  const set = slots
    .filter((slot) => windows.some((window) => covers(window, slot)))
    .map((slot) => ({ slot, capacityMilli: stockOf(leftOf(own, windows, slot, { resources }), usageOf(book, slot)) }));
  if (set.length > 0) setCapacities(book, set);
}

/** A book of a few slots of the market's window, from `first` on. */
export function openSlots({ usage, ...state }: MarketState, first: number, slotCount: number): Book {
  const book = createBook({ ...specOf(state), slotCount }, first);
  fill(
    book,
    state,
    usage.filter(({ slot }) => slot >= first && slot < first + slotCount),
  );
  return book;
}

/** What has happened in a market between a book and now, where that can be told slot by slot. */
export interface MarketNews extends Pick<MarketState, 'head' | 'usage'> {
  /** Undefined where prices have not changed. */
  readonly priceVersion: bigint | undefined;
  /** Where the level of prices is another one: the terms with it. */
  readonly terms?: MarketTerms | undefined;
}

/** Brings a book up to date. The book itself is changed. */
export function catchUp({ state: before, book: old }: OpenBook, { head, usage, priceVersion, terms }: MarketNews): OpenBook {
  const state = terms ? { ...before, terms } : before;
  const book = terms ? repriced(old, terms.prices) : old;
  const end = book.baseSlot + book.slotCount;
  advanceBook(book, head.slot);
  withdraw(book, state, { first: Math.max(end, head.slot), usedOf: () => [] });
  for (const { slot, usedMilli } of usage) occupy(book, slot, usedMilli);
  return { book, state: { ...state, head, priceVersion: priceVersion ?? state.priceVersion } };
}

/** The first slot in which a bid decided now may run: never before it is known. */
export function arrivalOf(head: MarketHead): number {
  return head.clock === 'manual' ? head.slot : head.slot + 1;
}

/** What the market sells by these terms. */
export function specOf(state: BookTerms): MarketSpec {
  return {
    resources: state.resources,
    sites: state.sites.map(({ id, capacityMilli }) => ({ id, capacityMilli: capacityMilli as readonly Milli[] })),
    slotCount: state.horizonSlots,
    chunkKB: Number(state.chunkKb) as Milli,
    bandwidthKB: Number(state.bandwidthKb) as Milli,
    prices: state.terms.prices,
    oracle: state.terms.oracle,
  };
}
