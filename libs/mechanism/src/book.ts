import { invariant } from '#units';
import { createPricing, priceAt, type Pricing } from './prices.js';
import type { Job, MarketSpec, Schedule, SlotPlan } from './types.js';

/**
 * What is sold and what it costs now, over a window of slots that rolls with the clock. Flat arrays; a slot's cells are
 * [bandwidth kB, site 0 resource 0, site 0 resource 1, …]: cell 1 + site * resources + k. Prices are kept beside usage; a slot is priced
 * when it is first looked at (priceSlot), then only where its usage changes: making a book costs no arithmetic. The arrays lie in shared
 * memory, so that a book is handed to a thread without being copied.
 */
export interface Book {
  readonly spec: MarketSpec;
  readonly siteCount: number;
  readonly resourceCount: number;
  /** Cells of one slot: 1 + sites * resources. */
  readonly stride: number;
  readonly slotCount: number;
  /** Absolute number of the window's first slot. */
  baseSlot: number;
  /** Milli-units per cell of a slot; the same in every slot. */
  readonly capacity: Float64Array;
  /** Milli-units sold: slot-major, `stride` cells a slot. */
  readonly used: Float64Array;
  /** Whole micro-credits per unit (per MB for bandwidth), laid out as `used`; of slots that are priced. */
  readonly price: Float64Array;
  /** 1 for each slot whose prices are those of its usage. */
  readonly priced: Uint8Array;
  /** How bandwidth (0) and each resource (1 + k) are priced. */
  readonly pricings: readonly Pricing[];
  /** Prices of a slot of which nothing is sold; empty before they are first needed. */
  unsold: Float64Array;
}

/** An empty book over the window [baseSlot, baseSlot + spec.slotCount). */
export function createBook(spec: MarketSpec, baseSlot: number): Book {
  const siteCount = spec.sites.length;
  const resourceCount = spec.resources.length;
  const stride = 1 + siteCount * resourceCount;
  const capacity = Float64Array.of(spec.bandwidthKB, ...spec.sites.flatMap((site) => site.capacityMilli));
  invariant(capacity.length === stride, 'every site has a capacity for every resource');
  const { gammaBandwidth, gamma, unit, reserve } = spec.prices;
  return {
    spec,
    siteCount,
    resourceCount,
    stride,
    slotCount: spec.slotCount,
    baseSlot,
    capacity,
    used: sharedCells(spec.slotCount * stride),
    price: sharedCells(spec.slotCount * stride),
    priced: sharedFlags(spec.slotCount),
    pricings: [gammaBandwidth, ...gamma].map((each) => createPricing(each, Number(unit), Number(reserve))),
    unsold: new Float64Array(0),
  };
}

const sharedCells = (count: number): Float64Array => new Float64Array(new SharedArrayBuffer(count * Float64Array.BYTES_PER_ELEMENT));
const sharedFlags = (count: number): Uint8Array => new Uint8Array(new SharedArrayBuffer(count));

/** A book that can be changed while the other one is read. */
export function copyBook(book: Book): Book {
  const { used, price, priced } = book;
  const copy = { ...book, used: sharedCells(used.length), price: sharedCells(price.length), priced: sharedFlags(priced.length) };
  copy.used.set(used);
  copy.priced.set(priced); // before the prices: what is priced meanwhile is priced again in the copy
  copy.price.set(price);
  return copy;
}

const pricingOf = ({ pricings, resourceCount }: Book, cell: number): Pricing => pricings[cell === 0 ? 0 : 1 + ((cell - 1) % resourceCount)];

function unsoldPrices(book: Book): Float64Array {
  if (book.unsold.length === 0) book.unsold = book.capacity.map((capacity, cell) => priceAt(pricingOf(book, cell), 0, capacity));
  return book.unsold;
}

/** Prices the slot whose cells begin at `at`, unless it is. Whoever reads `price` has asked for this before. */
export function priceSlot(book: Book, at: number): void {
  const { stride, used, capacity, price, priced } = book;
  if (Atomics.load(priced, at / stride) === 1) return; // another thread that reads the book may have priced it
  const unsold = unsoldPrices(book);
  for (let cell = 0; cell < stride; cell++)
    price[at + cell] = used[at + cell] === 0 ? unsold[cell] : priceAt(pricingOf(book, cell), used[at + cell], capacity[cell]);
  Atomics.store(priced, at / stride, 1);
}

/** Where a slot's cells begin. */
export function slotOffset(book: Book, slot: number): number {
  invariant(slot >= book.baseSlot && slot < book.baseSlot + book.slotCount, 'slot lies in the window');
  return (slot - book.baseSlot) * book.stride;
}

/** Sets what is sold of a slot, from a snapshot: cells as laid out above; cells that the snapshot lacks are unsold. */
export function occupy(book: Book, slot: number, usedMilli: readonly number[]): void {
  const at = slotOffset(book, slot);
  const isPriced = book.priced[at / book.stride] === 1;
  for (let cell = 0; cell < book.stride; cell++) {
    const used = usedMilli[cell] ?? 0;
    invariant(used >= 0 && used <= book.capacity[cell], 'usage lies between zero and capacity');
    if (used === book.used[at + cell]) continue;
    book.used[at + cell] = used;
    if (isPriced) book.price[at + cell] = priceAt(pricingOf(book, cell), used, book.capacity[cell]);
  }
}

/** Rolls the window forward to begin at `slot`; slots that come into sight are unsold. */
export function advanceBook(book: Book, slot: number): void {
  invariant(slot >= book.baseSlot, 'the clock never goes back');
  const gone = Math.min(slot - book.baseSlot, book.slotCount);
  for (const cells of [book.used, book.price]) cells.copyWithin(0, gone * book.stride);
  book.used.fill(0, book.used.length - gone * book.stride);
  book.priced.copyWithin(0, gone);
  book.priced.fill(0, book.slotCount - gone);
  book.baseSlot = slot;
}

function addToCell(book: Book, at: number, cell: number, quantityMilli: number): void {
  if (quantityMilli === 0) return;
  book.used[at + cell] += quantityMilli;
  invariant(book.used[at + cell] <= book.capacity[cell], 'nothing is oversold');
  book.price[at + cell] = priceAt(pricingOf(book, cell), book.used[at + cell], book.capacity[cell]);
}

/** Traffic between sites in one slot of a schedule, kB: moved chunks, and parameters of workers away from the parameter server (V5). */
export function trafficKB(spec: MarketSpec, job: Job, plan: SlotPlan): number {
  let moved = 0;
  for (const move of plan.moves) moved += move.chunks;
  let away = -plan.workers[plan.ps];
  for (const count of plan.workers) away += count;
  return moved * spec.chunkKB + away * job.parameterKB;
}

/** What one slot of a schedule takes of resource k at a site, milli-units: its workers, and the parameter server if it sits there (V4). */
export function takenMilli(job: Job, plan: SlotPlan, site: number, k: number): number {
  return plan.workers[site] * job.workerMilli[k] + (plan.ps === site ? job.psMilli[k] : 0);
}

/** Adds an accepted schedule to what is sold and raises the prices that it touches. */
export function applySchedule(book: Book, job: Job, schedule: Schedule): void {
  for (const plan of schedule) {
    const at = slotOffset(book, plan.slot);
    priceSlot(book, at);
    addToCell(book, at, 0, trafficKB(book.spec, job, plan));
    for (let site = 0; site < book.siteCount; site++) {
      if (plan.workers[site] === 0 && plan.ps !== site) continue;
      for (let k = 0, cell = 1 + site * book.resourceCount; k < book.resourceCount; k++, cell++)
        addToCell(book, at, cell, takenMilli(job, plan, site, k));
    }
  }
}

export const touchedSlots = (schedule: Schedule): number[] => schedule.map((plan) => plan.slot);
export const capacityOf = (book: Book): number[] => Array.from(book.capacity);

const cellsOf = (book: Book, values: Float64Array, slot: number): number[] => {
  const at = slotOffset(book, slot);
  return Array.from(values.subarray(at, at + book.stride));
};

/** What is sold of a slot, milli-units per cell. */
export const usageOf = (book: Book, slot: number): number[] => cellsOf(book, book.used, slot);

/** Some of the posted prices of a slot, from a cell on, for who computes them a part at a time; nothing is kept of them. */
export function somePricesOf(book: Book, slot: number, firstCell: number, cellCount: number): bigint[] {
  const at = slotOffset(book, slot);
  const end = Math.min(firstCell + cellCount, book.stride);
  const prices: bigint[] = [];
  for (let cell = firstCell; cell < end; cell++)
    prices.push(BigInt(priceAt(pricingOf(book, cell), book.used[at + cell], book.capacity[cell])));
  return prices;
}

/** Posted prices of a slot: micro-credits per unit (per MB for bandwidth), per cell. */
export function pricesOf(book: Book, slot: number): bigint[] {
  priceSlot(book, slotOffset(book, slot));
  return cellsOf(book, book.price, slot).map(BigInt);
}
