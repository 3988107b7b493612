import { type Book, createBook, occupy } from '#mechanism';
import { occupancyOf, toMarketSpec } from './convert.js';
import type { Instance } from './instance.js';

/** The book of an instance before its first job: slots 0 to `slots` - 1, with its occupancy. The window stays there. */
export function bookOf(instance: Instance): Book {
  const book = createBook(toMarketSpec(instance), 0);
  for (let slot = 0; slot < instance.slots; slot++) {
    const used = occupancyOf(instance, slot);
    if (used) occupy(book, slot, used);
  }
  return book;
}
