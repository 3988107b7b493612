import { invariant } from '#units';
import type { Book } from './book.js';
import { footprintOf } from './footprint.js';
import type { Oracle, Search } from './oracle/oracle.js';
import { priceOf } from './payment.js';
import type { Job, Menu, MenuEntry } from './types.js';

export const hasData = (job: Job): boolean => job.chunks.some((chunks) => chunks > 0);
/** The slot after the window's last. */
export const endOf = (book: Book): number => book.baseSlot + book.slotCount;
export const inWindow = (book: Book, slot: number): boolean => slot >= book.baseSlot && slot < endOf(book);

/** The entry that completes at the slot opened last, if the oracle knows one; its price is the exact sum of its payment lines. */
export function entryAt(book: Book, job: Job, completion: number, search: Search): MenuEntry | undefined {
  const schedule = search.schedule();
  if (!schedule) return undefined;
  invariant(schedule[schedule.length - 1].slot === completion, 'a schedule ends at the slot that was opened last');
  return { completion, price: priceOf(book, footprintOf(book.spec, job, schedule)), schedule };
}

/**
 * The whole menu c(d) of a job at posted prices (docs/mechanism.md): one entry per completion from the first possible on; an entry repeats
 * the one before it where a later completion is no cheaper. Does not depend on any valuation.
 */
export function menuOf({ book, job, arrival, oracle }: { book: Book; job: Job; arrival: number; oracle: Oracle }): Menu {
  if (!hasData(job) || !inWindow(book, arrival)) return [];
  const menu: MenuEntry[] = [];
  const search = oracle.open(book, job, arrival);
  let cheapest: MenuEntry | undefined;
  for (let completion = arrival; completion < endOf(book); completion++) {
    const mayExist = search.advance() < Infinity && search.bound() < Infinity;
    const entry = mayExist ? entryAt(book, job, completion, search) : undefined;
    if (entry && (!cheapest || entry.price < cheapest.price)) cheapest = entry;
    if (cheapest) menu.push({ completion, price: cheapest.price, schedule: cheapest.schedule });
  }
  return menu;
}
