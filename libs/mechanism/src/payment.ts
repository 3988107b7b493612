import { amountOf, micros, type Micros } from '#units';
import { priceSlot, slotOffset, type Book } from './book.js';
import { BANDWIDTH_CELL, kindOfCell, siteOfCell } from './layout.js';
import type { Footprint, PaymentLine, SlotFootprint } from './types.js';

/** Below it a double rounds a product of quantity and price to whole micro-credits as exactly as amountOf does. */
const PRODUCT_MAX = 2 ** 43;

function addSlotLines(lines: PaymentLine[], book: Book, { slot, cells, quantitiesMilli }: SlotFootprint): void {
  const { price, resourceCount, spec } = book;
  const at = slotOffset(book, slot);
  priceSlot(book, at);
  for (let index = 0; index < cells.length; index++) {
    const cell = cells[index];
    const quantityMilli = quantitiesMilli[index];
    const unitPrice = micros(BigInt(price[at + cell]));
    const product = quantityMilli * price[at + cell];
    const amount = product < PRODUCT_MAX ? micros(BigInt(Math.floor((product + 500) / 1000))) : amountOf(quantityMilli, unitPrice);
    const isTraffic = cell === BANDWIDTH_CELL;
    const site = isTraffic ? null : siteOfCell(cell, resourceCount);
    const resource = isTraffic ? 'bandwidth' : spec.resources[kindOfCell(cell, resourceCount) - 1];
    lines.push({ slot, site, resource, quantityMilli, unitPrice, amount });
  }
}

/**
 * What a plan pays, line by line, at the prices posted in the book as it stands (before the bid): one line per slot, site and resource, and one
 * per slot for traffic. The payment is the sum of the lines' amounts (docs/mechanism.md section 4).
 */
export function paymentLines(book: Book, footprint: Footprint): PaymentLine[] {
  const lines: PaymentLine[] = [];
  for (const slot of footprint) addSlotLines(lines, book, slot);
  return lines;
}

/** The sum of a payment's lines. */
export const totalOf = (lines: readonly PaymentLine[]): Micros => micros(lines.reduce((sum, line) => sum + line.amount, 0n));

/** Most lines whose amounts of at most PRODUCT_MAX / 1000 add up exactly in a double. */
const LINES_MAX = 2 ** 19;

/** The sum of a plan's payment lines, without making them. */
export function priceOf(book: Book, footprint: Footprint): Micros {
  let exact = 0n;
  let sum = 0;
  let lines = 0;
  for (const { slot, cells, quantitiesMilli } of footprint) {
    const at = slotOffset(book, slot);
    priceSlot(book, at);
    for (let index = 0; index < cells.length; index++) {
      const price = book.price[at + cells[index]];
      const product = quantitiesMilli[index] * price;
      if (product >= PRODUCT_MAX || ++lines > LINES_MAX) exact += amountOf(quantitiesMilli[index], BigInt(price));
      else sum += Math.floor((product + 500) / 1000);
    }
  }
  return micros(exact + BigInt(sum));
}
