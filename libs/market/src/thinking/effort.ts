import type { Book } from '#mechanism';

/** Cells of a window, over which a book is built and thought about away from the event loop: at that size each takes some milliseconds. */
export const CELLS_AT_ONCE_MAX = 8_192;

/** How many cells a window has: what a book takes of memory (16 bytes each) and at least of time. */
export const cellsOf = ({ stride, slotCount }: Pick<Book, 'stride' | 'slotCount'>): number => stride * slotCount;

/** Whether deciding a bid or pricing a menu on a book may take longer than an event loop can spare. */
export const mayTakeLong = (book: Book): boolean => cellsOf(book) > CELLS_AT_ONCE_MAX;
