import { z } from 'zod';
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
  returns: z.array(
    z.strictObject({
      sequence: z.string().describe("The entry of the market's log that says why."),
      cause: z.string(),
      amount,
      at: time,
    }),
  ),
};
