import { amountOf, micros, type Micros } from '#units';
import { slotOffset, takenMilli, trafficKB, type Book } from './book.js';
import type { Job, PaymentLine, Schedule, SlotPlan } from './types.js';

function slotLines(book: Book, job: Job, plan: SlotPlan): PaymentLine[] {
  const at = slotOffset(book, plan.slot);
  const lines: PaymentLine[] = [];
  const add = (cell: number, site: number | null, resource: string, quantityMilli: number): void => {
    if (quantityMilli === 0) return;
    const unitPrice = micros(BigInt(book.price[at + cell]));
    lines.push({ slot: plan.slot, site, resource, quantityMilli, unitPrice, amount: amountOf(quantityMilli, unitPrice) });
  };
  add(0, null, 'bandwidth', trafficKB(book.spec, job, plan));
  for (let site = 0; site < book.siteCount; site++) {
    if (plan.workers[site] === 0 && plan.ps !== site) continue;
    for (let k = 0, cell = 1 + site * book.resourceCount; k < book.resourceCount; k++, cell++)
      add(cell, site, book.spec.resources[k], takenMilli(job, plan, site, k));
  }
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
