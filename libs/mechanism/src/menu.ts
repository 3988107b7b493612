import { lastOf, invariant, type Micros } from '#units';
import type { Book } from './book.js';
import type { Oracle, Search } from './oracle.js';
import { priceOf } from './payment.js';
import type { Menu, MenuEntry } from './types.js';

/** The slot after the window's last. */
export const endOf = (book: Book): number => book.baseSlot + book.slotCount;
/** The slot after the last one that a bid may use that begins at `arrival`. */
export const saleEndOf = (book: Book, arrival: number): number => Math.min(endOf(book), arrival + book.reach);
/** Whether a slot is on sale. */
export const inWindow = (book: Book, slot: number): boolean => slot >= book.baseSlot && slot < endOf(book);

/** A job as the menu sees it: on which book, from which slot on, and by which oracle. */
export interface Planning<Job, Plan> {
  readonly book: Book;
  readonly job: Job;
  /** Absolute slot, the first in which it may run. */
  readonly arrival: number;
  readonly oracle: Oracle<Job, Plan>;
}

/** The entry of a plan that completes there, if there is one; its price is the exact sum of its payment lines. */
export function entryAt<Job, Plan>(
  { book, job, oracle }: Omit<Planning<Job, Plan>, 'arrival'>,
  completion: number,
  plan: Plan | undefined,
): MenuEntry<Plan> | undefined {
  if (plan === undefined) return undefined;
  const footprint = oracle.footprintOf(book.spec, job, plan);
  invariant(lastOf(footprint).slot === completion, 'a plan ends at the slot that was asked for');
  return { completion, price: priceOf(book, footprint), plan };
}

/** Micro-credits by which the rounding of payment lines may bring a price below the oracle's bound. */
export const ROUNDING_SLACK = 1000;

/** What the plan of the slot opened last costs at least; Infinity where there is none, or where it is dear to find and no cheaper than what is known. */
function boundOf(search: Search<unknown>, cheapest: Micros | undefined): number {
  const bound = search.bound();
  const isNoCheaper = cheapest !== undefined && bound - ROUNDING_SLACK >= Number(cheapest);
  return isNoCheaper && search.dear?.isDear() === true ? Infinity : bound;
}

/**
 * The whole menu c(d) of a job at posted prices (docs/mechanism.md): one entry per completion from the first possible on; an entry repeats
 * the one before it where a later completion is no cheaper. Does not depend on any valuation.
 */
export function menuOf<Job, Plan>(planning: Planning<Job, Plan>): Menu<Plan> {
  const { book, job, arrival, oracle } = planning;
  if (oracle.emptiness(book, job) !== undefined || !inWindow(book, arrival)) return [];
  const menu: MenuEntry<Plan>[] = [];
  const search = oracle.open(book, job, arrival);
  let cheapest: MenuEntry<Plan> | undefined;
  for (let completion = arrival, end = saleEndOf(book, arrival); completion < end; completion++) {
    const mayBeCheaper = search.advance() < Infinity && boundOf(search, cheapest?.price) < Infinity;
    const entry = mayBeCheaper ? entryAt(planning, completion, search.plan()) : undefined;
    if (entry && (!cheapest || entry.price < cheapest.price)) cheapest = entry;
    if (cheapest) menu.push({ completion, price: cheapest.price, plan: cheapest.plan });
  }
  return menu;
}

/**
 * What a job costs on the menu where it may be done by `latest`: c(latest), or what the menu ends with where that is beyond it.
 * @returns undefined where the menu has nothing by then.
 */
export function menuPriceBy<Job, Plan>(planning: Planning<Job, Plan>, latest: number): Micros | undefined {
  const { book, job, arrival, oracle } = planning;
  if (oracle.emptiness(book, job) !== undefined || !inWindow(book, arrival)) return undefined;
  const search = oracle.open(book, job, arrival);
  let cheapest: Micros | undefined;
  for (let completion = arrival; completion <= latest && completion < endOf(book); completion++) {
    const mayBeCheaper = search.advance() < Infinity && boundOf(search, cheapest) < Infinity;
    const entry = mayBeCheaper ? entryAt(planning, completion, search.plan()) : undefined;
    if (entry && (cheapest === undefined || entry.price < cheapest)) cheapest = entry.price;
  }
  return cheapest;
}

/** A plan and the slot in which it is done. */
export interface DatedPlan<Plan> {
  readonly completion: number;
  readonly plan: Plan;
}

/**
 * The plan of a job for which nothing changes, as far as its oracle knows one: it is done in the slot that was told; else as soon as can be after it. Never
 * before it: whoever is done sooner than it has paid for would be better off by a failure. Where no cheap plan ends in that slot, ever longer
 * ends of the time until then are looked at alone.
 * @param told absolute slot.
 */
export function planFrom<Job, Plan>(planning: Planning<Job, Plan>, told: number): DatedPlan<Plan> | undefined {
  const { book, job, arrival, oracle } = planning;
  if (oracle.emptiness(book, job) !== undefined || !inWindow(book, arrival)) return undefined;
  const found = firstFrom(planning, told);
  if (found?.completion === told) return found;
  for (let span = 1; told - span + 1 > arrival; span *= 2) {
    const pressed = firstFrom({ ...planning, arrival: told - span + 1 }, told, told);
    if (pressed) return pressed;
  }
  return found;
}

/** The first plan that is done from a slot on. */
function firstFrom<Job, Plan>(
  { book, job, arrival, oracle }: Planning<Job, Plan>,
  earliest: number,
  latest = endOf(book) - 1,
): DatedPlan<Plan> | undefined {
  const search = oracle.open(book, job, arrival);
  for (let completion = arrival; completion <= latest; completion++) {
    if (!(search.advance() < Infinity) || completion < earliest || !(search.bound() < Infinity)) continue;
    const plan = search.plan();
    if (plan !== undefined) return { completion, plan };
  }
  return undefined;
}
