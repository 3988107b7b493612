import { invariant, micros, type Micros } from '#units';
import { type Book, capacityOf, copyBook, createBook, occupy, pricesOf, usageOf } from '../book.js';
import { ownerOfCell } from '../layout.js';
import { menuOf, type Planning } from '../menu.js';
import type { Oracle } from '../oracle.js';
import type { Footprint, MarketSpec } from '../types.js';

/** A cell that a job meets: what it needs of it, what is free of it, milli-units, and what a unit costs. */
export interface BindingCell {
  readonly slot: number;
  /** Null for bandwidth. */
  readonly site: number | null;
  readonly resource: string;
  readonly neededMilli: number;
  readonly freeMilli: number;
  readonly unitPrice: Micros;
}

/** Cells that are told at most. */
export const BINDING_CELLS_MAX = 20;

/** What a plan takes, cell by cell, beside what is free. */
export function cellsOfFootprint(book: Book, footprint: Footprint): BindingCell[] {
  return footprint.flatMap(({ slot, cells, quantitiesMilli }) => {
    const [used, capacity, prices] = [usageOf(book, slot), capacityOf(book, slot), pricesOf(book, slot)];
    return cells.map((cell, index) => {
      const { site, kind } = ownerOfCell(cell, book.resourceCount);
      const neededMilli = quantitiesMilli[index];
      const resource = kind === 0 ? 'bandwidth' : book.spec.resources[kind - 1];
      const price = prices[cell];
      invariant(neededMilli !== undefined && resource !== undefined && price !== undefined, 'a footprint lies in its book');
      return { slot, site, resource, neededMilli, freeMilli: (capacity[cell] ?? 0) - (used[cell] ?? 0), unitPrice: micros(price) };
    });
  });
}

const costOf = ({ neededMilli, unitPrice }: BindingCell): number => neededMilli * Number(unitPrice);

/** The cells that most of a plan's price is paid for, the dearest first. */
export const dearestCells = (book: Book, footprint: Footprint): BindingCell[] =>
  cellsOfFootprint(book, footprint)
    .filter((cell) => costOf(cell) > 0)
    .sort((a, b) => costOf(b) - costOf(a) || a.slot - b.slot)
    .slice(0, BINDING_CELLS_MAX);

/** How often capacities are doubled in search of a market that has room for a job. */
const DOUBLINGS_MAX = 10;
/** What a cell has at least in such a market, milli-units, before it is doubled. */
const LEAST_MILLI = 1_000;

/** Markets with more and more room: nothing sold, then everything there is twice, four times, … */
function* roomier(book: Book): Generator<Book, void, undefined> {
  const empty = copyBook(book);
  for (let slot = book.baseSlot; slot < book.baseSlot + book.slotCount; slot++) occupy(empty, slot, []);
  yield empty;
  for (let times = 1; times <= DOUBLINGS_MAX; times++) yield createBook(enlarged(book.spec, 2 ** times), book.baseSlot);
}

const enlarged = (spec: MarketSpec, times: number): MarketSpec => {
  const large = (milli: number): number => times * Math.max(LEAST_MILLI, milli);
  return {
    ...spec,
    bandwidthKB: large(spec.bandwidthKB) as MarketSpec['bandwidthKB'],
    sites: spec.sites.map((site) => ({ ...site, capacityMilli: site.capacityMilli.map((milli) => large(milli) as typeof milli) })),
  };
};

/**
 * Where a job has no plan: the cells that are short for the plan that lacks least, among those that a market with just enough more room would take. With as much
 * free of these as is needed, the job fits. None where no room helps: the window is too short.
 */
export function missingCells<Job, Plan>(planning: Planning<Job, Plan>): BindingCell[] {
  const { book, job, oracle } = planning;
  for (const roomy of roomier(book)) {
    const menu = menuOf({ ...planning, book: roomy });
    if (menu.length === 0) continue;
    const lacks = [...new Set(menu.map(({ plan }) => plan))].map((plan) => shortOf(book, oracle, { job, plan }));
    lacks.sort((a, b) => lackOf(a) - lackOf(b));
    return (lacks[0] ?? []).slice(0, BINDING_CELLS_MAX);
  }
  return [];
}

const shortOf = <Job, Plan>(book: Book, oracle: Oracle<Job, Plan>, { job, plan }: { job: Job; plan: Plan }): BindingCell[] =>
  cellsOfFootprint(book, oracle.footprintOf(book.spec, job, plan)).filter(({ neededMilli, freeMilli }) => neededMilli > freeMilli);

/** How much is missing, in shares of what is needed. */
const lackOf = (cells: readonly BindingCell[]): number =>
  cells.reduce((sum, { neededMilli, freeMilli }) => sum + (neededMilli - freeMilli) / neededMilli, 0);
