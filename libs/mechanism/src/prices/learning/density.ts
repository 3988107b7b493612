import { invariant, micros, type Micros } from '#units';
import { type Book, createBook, slotOffset } from '../../book.js';
import { kindOfCell } from '../../layout.js';
import type { Oracle, Search } from '../../oracle.js';
import { priceOf } from '../../payment.js';
import type { Bid, Footprint, MarketSpec } from '../../types.js';
import { roundedValueAt } from '../../valuation.js';
import { LEVEL_MICROS_MAX } from './rule.js';

/** Shares of a slot's capacity are counted in thousand-millionths, so that sums of them are exact in any order. */
export const SHARE_UNITS = 1_000_000_000;

/** What a bid reports of demand: how much it is worth by the share of the market that it takes, and what it takes. */
export interface Density {
  /**
   * The level at which an empty market would just not sell to it: the most, over completions, of value by the shares of the market that the plan takes
   * in all. Micro-credits, rounded down.
   */
  readonly levelMicros: number;
  /** How many slots after its decision that plan ends. */
  readonly slots: number;
  /** What the plan of that completion takes of bandwidth (0) and each resource (1 + k), SHARE_UNITS for all that the market has of it in a slot, rounded up. */
  readonly shares: readonly number[];
}

/** The level at which plans are priced: so high that what rounding unit prices moves is far below what is told. */
const REFERENCE_LEVEL = 1_000_000_000_000;

/** Completions that are looked at, at most: what is worth most by what it takes is done within so many slots. */
const COMPLETIONS_MAX = 512;

/** The market of that specification with nothing sold, in which densities are measured; it is not changed, and may be used again and again. */
export function referenceBook(spec: MarketSpec): Book {
  const slotCount = Math.min(spec.slotCount, COMPLETIONS_MAX);
  return createBook({ ...spec, slotCount, prices: { kind: 'flat', level: micros(BigInt(REFERENCE_LEVEL)), levels: {} } }, 0);
}

/** What is measured: a bid on the empty market. */
export interface Measuring<Job, Plan> {
  /** As referenceBook makes it. */
  readonly book: Book;
  readonly bid: Bid<Job>;
  readonly oracle: Oracle<Job, Plan>;
  /** No value counts above it: what the bidder's wallet could pay. */
  readonly fundsMicros: Micros;
}

/**
 * The density of a bid. Flat prices by share are all proportional to the level, so that the cheapest plan of a completion is the same at any level, and
 * takes the least share sigma(d); f(d) is paid for up to the level f(d) / sigma(d). One walk over the completions finds the most of it.
 * @returns undefined where the job has no plan on the empty market, takes nothing, or is worth nothing: then it says nothing of demand.
 */
export function densityOf<Job, Plan>(measuring: Measuring<Job, Plan>): Density | undefined {
  const { book, bid, oracle } = measuring;
  if (oracle.emptiness(book, bid.job) !== undefined) return undefined;
  const search = oracle.open(book, bid.job, book.baseSlot);
  let best: { readonly ratio: number; readonly footprint: Footprint; readonly delay: number } | undefined;
  for (let delay = 0; delay < book.slotCount; delay++) {
    const floor = search.advance();
    const value = Math.min(roundedValueAt(bid.valuation, delay), Number(measuring.fundsMicros));
    if (value <= 0) break;
    const least = best ? value / best.ratio : Infinity; // what a plan must cost less than
    if (floor === Infinity || floor >= least) continue;
    const footprint = planWithin(measuring, search, least);
    if (footprint === undefined) continue;
    const price = Number(priceOf(book, footprint));
    if (price > 0 && (!best || value / price > best.ratio)) best = { ratio: value / price, footprint, delay };
  }
  if (!best) return undefined;
  const levelMicros = Math.min(LEVEL_MICROS_MAX, Math.floor(best.ratio * REFERENCE_LEVEL));
  return levelMicros === 0 ? undefined : { levelMicros, slots: best.delay + 1, shares: sharesOf(book, best.footprint) };
}

/** What the plan takes that ends at the slot opened last, unless it costs too much. */
function planWithin<Job, Plan>({ book, bid, oracle }: Measuring<Job, Plan>, search: Search<Plan>, least: number): Footprint | undefined {
  if (search.floor() >= least || search.bound() >= least) return undefined;
  const plan = search.dear?.isDear() === true ? search.dear.quickPlan(least) : search.plan(); // a report of demand need not be the cheapest
  return plan === undefined ? undefined : oracle.footprintOf(book.spec, bid.job, plan);
}

/** What a footprint takes of each kind, by what the market has of it in a slot. */
function sharesOf(book: Book, footprint: Footprint): number[] {
  const { resourceCount, supply } = book;
  const taken = new Array<number>(1 + resourceCount).fill(0);
  for (const { slot, cells, quantitiesMilli } of footprint) {
    invariant(slotOffset(book, slot) >= 0, 'a plan lies in the reference market');
    cells.forEach((cell, index) => (taken[kindOfCell(cell, resourceCount)] += quantitiesMilli[index]));
  }
  return taken.map((milli, kind) => (milli === 0 ? 0 : Math.ceil((milli / supply[kind]) * SHARE_UNITS)));
}
