import { z } from 'zod';
import { readCancellationId } from '../cancellation-id.js';
import { amount, count, id, once, page, pageQuery, slot, time } from './primitives.js';

/** What becomes of what was sold (docs/lifecycle.md). */
export const allocationState = z.enum(
  ['scheduled', 'running', 'completed', 'cancelled', 'failed'],
  'must be scheduled, running, completed, cancelled or failed',
);

const slots = count(0, Number.MAX_SAFE_INTEGER);
const told = {
  state: allocationState,
  revision: slots.describe('Of the plan in force: 0 is the one that the bid was accepted with.'),
  returned: amount.describe('What of the payment came back.'),
};

/** An allocation in short. */
export const allocationSummary = z
  .strictObject({
    bidId: id,
    marketId: id,
    organisationId: id,
    label: z.string().nullable(),
    kind: z.string(),
    ...told,
    firstSlot: slot,
    completion: slot.describe('The last slot of the plan in force.'),
    slots: z.strictObject({ planned: slots, delivered: slots, void: slots }),
    payment: amount,
  })
  .meta({ id: 'AllocationSummary' });

const idText = id.transform(BigInt);
/** The query of a list of allocations. */
export const allocationsQuery = z.strictObject({
  ...pageQuery,
  state: once(allocationState).optional(),
  marketId: once(idText).optional(),
  siteId: once(idText).optional(),
  organisationId: once(idText).optional(),
});
/** A page of allocations. */
export const allocationPage = page(allocationSummary);

/** What every allocation tells of its life, beside what it is. */
export const lifeFields = {
  ...told,
  slots: z.array(
    z.strictObject({
      slot,
      revision: slots,
      state: z.enum(['planned', 'delivered', 'void']).describe('void: it will not run.'),
      amount: amount.describe('What it costs.'),
    }),
  ),
  continues: id.nullable().describe('The allocation that it goes on with, as its bid said.'),
  continuedBy: z.array(id).describe('Allocations that go on with it: the first 100.'),
  replaces: id.nullable().describe('The allocation that was cancelled for it.'),
  replacedBy: id.nullable().describe('The allocation for which it was cancelled.'),
  returns: z.array(
    z.strictObject({
      sequence: z.string().describe("The entry of the market's log that says why."),
      cause: z.string(),
      amount,
      at: time,
    }),
  ),
};

const priced = {
  returned: amount.describe('What goes back to the wallet.'),
  kept: amount.describe('What of its price is earned by the operator with that.'),
  free: z.boolean().describe('Whether it costs nothing, since a repair made the allocation late.'),
};

/** What cancelling would bring back. */
export const cancellationQuote = z
  .strictObject({
    id: z.string().describe('What a cancellation names.'),
    bidId: id,
    slot: slot.describe('The slot in which the quote stands.'),
    priceVersion: z.string(),
    expiresAt: time,
    ...priced,
    slots: z.array(
      z.strictObject({
        slot,
        paid: amount,
        price: amount.describe('What it would be sold for now.'),
        keptShare: z.number().describe('What is kept of the lower of both: 1 of a slot that has begun.'),
        returned: amount,
      }),
    ),
  })
  .meta({ id: 'CancellationQuote' });
/** A quote for cancelling as it is told. */
export type CancellationQuoteTold = z.output<typeof cancellationQuote>;

/** The body of a cancellation. */
export const cancelBody = z.strictObject({
  quote: z
    .string()
    .max(100, 'must be the id of a quote')
    .refine((text) => readCancellationId(text) !== undefined, 'must be the id of a quote for cancelling')
    .describe('The id of the quote that it goes by.'),
});

/** What a cancellation came to. */
export const cancelled = z
  .strictObject({ bidId: id, sequence: z.string().describe("The entry of the market's log."), slot, ...priced })
  .meta({ id: 'Cancelled' });
