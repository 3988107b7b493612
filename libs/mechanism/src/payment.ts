import { amountOf, micros, type Micros } from '#units';
import { priceSlot, slotOffset, takenMilli, trafficKB, type Book } from './book.js';
import type { Job, PaymentLine, Schedule, SlotPlan } from './types.js';

/** What is done with each quantity of a slot that is paid for; cell as in the book. */
type Payable = (cell: number, site: number | null, k: number, quantityMilli: number) => void;

function forEachPayable(book: Book, job: Job, plan: SlotPlan, pay: Payable): void {
  priceSlot(book, slotOffset(book, plan.slot));
  const traffic = trafficKB(book.spec, job, plan);
  if (traffic > 0) pay(0, null, 0, traffic);
  for (let site = 0; site < book.siteCount; site++) {
    if (plan.workers[site] === 0 && plan.ps !== site) continue;
    for (let k = 0, cell = 1 + site * book.resourceCount; k < book.resourceCount; k++, cell++) {
      const quantityMilli = takenMilli(job, plan, site, k);
      if (quantityMilli > 0) pay(cell, site, k, quantityMilli);
    }
  }
}

function slotLines(book: Book, job: Job, plan: SlotPlan): PaymentLine[] {
  const at = slotOffset(book, plan.slot);
  const lines: PaymentLine[] = [];
  forEachPayable(book, job, plan, (cell, site, k, quantityMilli) => {
    const unitPrice = micros(BigInt(book.price[at + cell]));
    const resource = site === null ? 'bandwidth' : book.spec.resources[k];
    lines.push({ slot: plan.slot, site, resource, quantityMilli, unitPrice, amount: amountOf(quantityMilli, unitPrice) });
  });
  return lines;
}

/**
 * What a schedule pays, line by line, at the prices posted in the book as it stands (before the bid): one line per slot, site and
 * resource, and one per slot for traffic. The payment is the sum of the lines' amounts (docs/mechanism.md section 4).
 */
export const paymentLines = (book: Book, job: Job, schedule: Schedule): PaymentLine[] =>
  schedule.flatMap((plan) => slotLines(book, job, plan));

/** The sum of a payment's lines. */
export const totalOf = (lines: readonly PaymentLine[]): Micros => micros(lines.reduce((sum, line) => sum + line.amount, 0n));

/** Below it a double rounds a product of quantity and price to whole micro-credits as exactly as amountOf does. */
const PRODUCT_MAX = 2 ** 43;
/** Most lines whose amounts of at most PRODUCT_MAX / 1000 add up exactly in a double. */
const LINES_MAX = 2 ** 19;

/** The sum of a schedule's payment lines, without making them. */
export function priceOf(book: Book, job: Job, schedule: Schedule): Micros {
  let exact = 0n;
  let sum = 0;
  let lines = 0;
  for (const plan of schedule) {
    const at = slotOffset(book, plan.slot);
    forEachPayable(book, job, plan, (cell, _site, _k, quantityMilli) => {
      const product = quantityMilli * book.price[at + cell];
      if (product >= PRODUCT_MAX || ++lines > LINES_MAX) exact += amountOf(quantityMilli, BigInt(book.price[at + cell]));
      else sum += Math.floor((product + 500) / 1000);
    });
  }
  return micros(exact + BigInt(sum));
}
