import { invariant } from '#units';
import { reachOf } from './prices/learning/rule.js';
import { type PriceMeter, QUICK_STEPS } from './prices/meter.js';
import { priceAt, type PriceRule, type Pricing, pricingsOf } from './prices/rules.js';
import { cellCountOf, cellsFrom, kindOfCell } from './layout.js';
import type { Footprint, MarketSpec } from './types.js';

/**
 * What is sold and what it costs now, over a window of slots that rolls with the clock. Flat arrays, a slot's cells as in layout.ts. Prices are
 * kept beside usage; a slot is priced when it is first looked at (priceSlot), then only where its usage or capacity changes: making a book costs
 * no arithmetic. The arrays lie in shared memory, so that a book is handed to a thread without being copied.
 */
export interface Book {
  readonly spec: MarketSpec;
  readonly siteCount: number;
  readonly resourceCount: number;
  /** Cells of one slot. */
  readonly stride: number;
  readonly slotCount: number;
  /** How many slots from its first one on a bid may use: all, but in a market that has just opened. */
  readonly reach: number;
  /** Absolute number of the window's first slot. */
  baseSlot: number;
  /** Milli-units per cell, `stride` cells a row: row 0 is the market's own, each further one that of slots that differ (setCapacity). */
  capacity: Float64Array;
  /** What the market has in all of bandwidth and of each resource, over its sites: for each row of `capacity` one of as many as there are kinds. */
  supply: Float64Array;
  /** Where in `capacity` the row of each slot begins. */
  readonly capacityAt: Int32Array;
  /** Milli-units sold: slot-major, `stride` cells a slot. */
  readonly used: Float64Array;
  /** Whole micro-credits per unit (per MB for bandwidth), laid out as `used`; of slots that are priced. */
  readonly price: Float64Array;
  /** 1 for each slot whose prices are those of its usage. */
  readonly priced: Uint8Array;
  /** How bandwidth (0) and each resource (1 + k) are priced. */
  readonly pricings: readonly Pricing[];
  /** Steps that pricing this book has taken, whoever asked for it. */
  readonly meter: PriceMeter;
  /** Prices of a slot of which nothing is sold, laid out as `capacity`; shorter where they were not needed yet. */
  unsold: Float64Array;
}

/** An empty book over the window [baseSlot, baseSlot + spec.slotCount). */
export function createBook(spec: MarketSpec, baseSlot: number): Book {
  const siteCount = spec.sites.length;
  const resourceCount = spec.resources.length;
  const stride = cellCountOf(siteCount, resourceCount);
  const capacity = Float64Array.from(
    cellsFrom<number>(
      spec.bandwidthKB,
      spec.sites.map((site) => site.capacityMilli),
    ),
  );
  invariant(capacity.length === stride, 'every site has a capacity for every resource');
  const meter: PriceMeter = { steps: 0 };
  return {
    spec,
    siteCount,
    resourceCount,
    stride,
    slotCount: spec.slotCount,
    reach: reachOf(spec.prices, spec.slotCount),
    baseSlot,
    capacity,
    supply: suppliesOf(capacity, resourceCount),
    capacityAt: sharedOffsets(spec.slotCount),
    used: sharedCells(spec.slotCount * stride),
    price: sharedCells(spec.slotCount * stride),
    priced: sharedFlags(spec.slotCount),
    pricings: pricingsOf(spec.prices, spec.resources, meter),
    meter,
    unsold: new Float64Array(0),
  };
}

/** The sums of a row of capacities, by kind (layout.ts). */
function suppliesOf(capacity: ArrayLike<number>, resourceCount: number): Float64Array {
  const supplies = new Float64Array(1 + resourceCount);
  for (let cell = 0; cell < capacity.length; cell++) supplies[kindOfCell(cell, resourceCount)] += capacity[cell];
  return supplies;
}

const sharedCells = (count: number): Float64Array => new Float64Array(new SharedArrayBuffer(count * Float64Array.BYTES_PER_ELEMENT));
const sharedOffsets = (count: number): Int32Array => new Int32Array(new SharedArrayBuffer(count * Int32Array.BYTES_PER_ELEMENT));
const sharedFlags = (count: number): Uint8Array => new Uint8Array(new SharedArrayBuffer(count));

/** A book that can be changed while the other one is read. */
export function copyBook(book: Book): Book {
  const { used, price, priced, capacityAt } = book;
  const copy = {
    ...book,
    used: sharedCells(used.length),
    price: sharedCells(price.length),
    priced: sharedFlags(priced.length),
    capacityAt: sharedOffsets(capacityAt.length),
  };
  copy.capacityAt.set(capacityAt);
  copy.used.set(used);
  copy.priced.set(priced); // before the prices: what is priced meanwhile is priced again in the copy
  copy.price.set(price);
  return copy;
}

/** The book at other prices: what is sold and what there is stays, slots are priced anew as they are looked at. The book given is not to be used any more. */
export function repriced(book: Book, prices: PriceRule): Book {
  const spec = { ...book.spec, prices };
  for (let slot = 0; slot < book.slotCount; slot++) Atomics.store(book.priced, slot, 0);
  return {
    ...book,
    spec,
    reach: reachOf(prices, book.slotCount),
    pricings: pricingsOf(prices, spec.resources, book.meter),
    unsold: new Float64Array(0),
  };
}

/** The price of a cell of which so much is sold. @param row where the capacities of its slot are. */
function cellPrice({ pricings, resourceCount, capacity, supply, stride }: Book, row: number, cell: number, used: number): number {
  const kind = kindOfCell(cell, resourceCount);
  return priceAt(pricings[kind], used, capacity[row + cell], supply[(row / stride) * pricings.length + kind]);
}

function unsoldPrices(book: Book): Float64Array {
  const { stride, capacity, unsold } = book;
  if (unsold.length === capacity.length) return unsold;
  return (book.unsold = capacity.map((_, at) => (at < unsold.length ? unsold[at] : cellPrice(book, at - (at % stride), at % stride, 0))));
}

/** Prices the slot whose cells begin at `at`, unless it is. Whoever reads `price` has asked for this before. */
export function priceSlot(book: Book, at: number): void {
  const { stride, used, capacityAt, price, priced } = book;
  if (Atomics.load(priced, at / stride) === 1) return; // another thread that reads the book may have priced it
  const unsold = unsoldPrices(book);
  const row = capacityAt[at / stride];
  for (let cell = 0; cell < stride; cell++)
    price[at + cell] = used[at + cell] === 0 ? unsold[row + cell] : cellPrice(book, row, cell, used[at + cell]);
  book.meter.steps += QUICK_STEPS * stride;
  Atomics.store(priced, at / stride, 1);
}

/** Prices slots that nobody has looked at yet, the nearest first, until that has cost so many steps. */
export function priceAhead(book: Book, stepsMax: number): void {
  const before = book.meter.steps;
  for (let at = 0; at < book.price.length && book.meter.steps - before < stepsMax; at += book.stride) priceSlot(book, at);
}

/** Slots of the window that are not priced yet. */
export function unpricedSlots({ priced }: Pick<Book, 'priced'>): number {
  let count = 0;
  for (let slot = 0; slot < priced.length; slot++) count += 1 - priced[slot];
  return count;
}

/** Where a slot's cells begin. */
export function slotOffset(book: Book, slot: number): number {
  invariant(slot >= book.baseSlot && slot < book.baseSlot + book.slotCount, 'slot lies in the window');
  return (slot - book.baseSlot) * book.stride;
}

/** Where the capacities of the slot whose cells begin at `at` are. */
const rowOf = (book: Book, at: number): number => book.capacityAt[at / book.stride];

/** Prices a cell anew, where its slot is priced. */
function priceCell(book: Book, at: number, cell: number): void {
  book.price[at + cell] = cellPrice(book, rowOf(book, at), cell, book.used[at + cell]);
}

/** What a slot has in all from some moment on. */
export interface SlotCapacity {
  readonly slot: number;
  /** Per cell, no less than what is sold. */
  readonly capacityMilli: readonly number[];
}

/** Sets what slots have in all; their prices follow. Slots that were never set have the market's own. */
export function setCapacities(book: Book, slots: readonly SlotCapacity[]): void {
  const { capacity, supply, stride, capacityAt } = book;
  const fresh = slots.filter(({ slot }) => !isCapacitySet(book, slot)).length;
  book.capacity = new Float64Array(capacity.length + fresh * stride);
  book.supply = new Float64Array(supply.length + fresh * book.pricings.length);
  book.capacity.set(capacity);
  book.supply.set(supply);
  let next = capacity.length;
  for (const { slot, capacityMilli } of slots) {
    const at = slotOffset(book, slot);
    invariant(capacityMilli.length === stride, 'every cell has a capacity');
    for (let cell = 0; cell < stride; cell++)
      invariant(book.used[at + cell] <= capacityMilli[cell], 'usage lies between zero and capacity');
    const known = capacityAt[at / stride];
    const row = known === 0 ? (next += stride) - stride : known;
    book.capacity.set(capacityMilli, row);
    book.supply.set(suppliesOf(capacityMilli, book.resourceCount), (row / stride) * book.pricings.length);
    capacityAt[at / stride] = row;
    if (known !== 0 && book.unsold.length > row) book.unsold = book.unsold.slice(0, row); // what lies behind is priced again with it
    Atomics.store(book.priced, at / stride, 0);
  }
}

/** The same of one slot. */
export const setCapacity = (book: Book, slot: number, capacityMilli: readonly number[]): void =>
  setCapacities(book, [{ slot, capacityMilli }]);

/** What the market has of its own in every slot that was not set, milli-units per cell. */
export const ownCapacityOf = ({ capacity, stride }: Book): number[] => Array.from(capacity.subarray(0, stride));

/** Whether a slot has other capacities than the market's own. */
export const isCapacitySet = (book: Book, slot: number): boolean => rowOf(book, slotOffset(book, slot)) !== 0;

/** Cells of a priced slot that are priced anew as a snapshot changes them. Where it changes more, the slot is priced when it is looked at. */
const PRICED_AT_ONCE_MAX = 512;

/** Sets what is sold of a slot, from a snapshot: cells as laid out above; cells that the snapshot lacks are unsold. */
export function occupy(book: Book, slot: number, usedMilli: readonly number[]): void {
  const at = slotOffset(book, slot);
  const isPriced = book.priced[at / book.stride] === 1;
  const row = rowOf(book, at);
  let changes = 0;
  for (let cell = 0; cell < book.stride; cell++) {
    const used = usedMilli[cell] ?? 0;
    invariant(used >= 0 && used <= book.capacity[row + cell], 'usage lies between zero and capacity');
    if (used === book.used[at + cell]) continue;
    book.used[at + cell] = used;
    if (isPriced && ++changes <= PRICED_AT_ONCE_MAX) priceCell(book, at, cell);
  }
  if (changes > PRICED_AT_ONCE_MAX) Atomics.store(book.priced, at / book.stride, 0);
}

/** Cells of unsold slots whose prices are written as they come into sight. */
const AT_ONCE_MAX = 65_536;

/** Prices the slots from an index on, in which nothing is sold: the prices are known. */
function priceUnsold(book: Book, from: number): void {
  for (let index = from; index < book.slotCount; index++) priceSlot(book, index * book.stride);
}

/** Rolls the window forward to begin at `slot`; slots that come into sight are unsold. */
export function advanceBook(book: Book, slot: number): void {
  invariant(slot >= book.baseSlot, 'the clock never goes back');
  const gone = Math.min(slot - book.baseSlot, book.slotCount);
  for (const cells of [book.used, book.price]) cells.copyWithin(0, gone * book.stride);
  book.used.fill(0, book.used.length - gone * book.stride);
  book.capacityAt.copyWithin(0, gone);
  book.capacityAt.fill(0, book.slotCount - gone);
  book.priced.copyWithin(0, gone);
  book.priced.fill(0, book.slotCount - gone);
  if (book.unsold && gone * book.stride <= AT_ONCE_MAX) priceUnsold(book, book.slotCount - gone);
  book.baseSlot = slot;
}

function addToCell(book: Book, at: number, cell: number, quantityMilli: number): void {
  const used = (book.used[at + cell] += quantityMilli);
  invariant(used >= 0 && used <= book.capacity[rowOf(book, at) + cell], 'nothing is oversold, and nothing given back that was not sold');
  priceCell(book, at, cell);
}

/** Adds what a plan takes to what is sold, `times` once or, to give it back, minus once. */
function add(book: Book, footprint: Footprint, times: 1 | -1): void {
  for (const { slot, cells, quantitiesMilli } of footprint) {
    const at = slotOffset(book, slot);
    priceSlot(book, at);
    for (let index = 0; index < cells.length; index++) addToCell(book, at, cells[index], times * quantitiesMilli[index]);
  }
}

/** Sells what a plan takes, and raises the prices that it touches. */
export const applyFootprint = (book: Book, footprint: Footprint): void => add(book, footprint, 1);

/** Gives back what a plan took, and lowers the prices that it touched: the book is as it was before. All its slots lie in the window. */
export const releaseFootprint = (book: Book, footprint: Footprint): void => add(book, footprint, -1);

/** What a slot has in all, milli-units per cell. */
export function capacityOf(book: Book, slot: number): number[] {
  const row = rowOf(book, slotOffset(book, slot));
  return Array.from(book.capacity.subarray(row, row + book.stride));
}

const cellsOf = (book: Book, values: Float64Array, slot: number): number[] => {
  const at = slotOffset(book, slot);
  return Array.from(values.subarray(at, at + book.stride));
};

/** What is sold of a slot, milli-units per cell. */
export const usageOf = (book: Book, slot: number): number[] => cellsOf(book, book.used, slot);

/** Some of the posted prices of a slot, from a cell on, for who computes them a part at a time; nothing is kept of them. */
export function somePricesOf(book: Book, slot: number, firstCell: number, cellCount: number): bigint[] {
  const at = slotOffset(book, slot);
  const row = rowOf(book, at);
  const end = Math.min(firstCell + cellCount, book.stride);
  const prices: bigint[] = [];
  for (let cell = firstCell; cell < end; cell++) prices.push(BigInt(cellPrice(book, row, cell, book.used[at + cell])));
  return prices;
}

/** Posted prices of a slot: micro-credits per unit (per MB for bandwidth), per cell. */
export function pricesOf(book: Book, slot: number): bigint[] {
  priceSlot(book, slotOffset(book, slot));
  return cellsOf(book, book.price, slot).map(BigInt);
}
