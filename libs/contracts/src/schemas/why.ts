import { z } from 'zod';
import { bidStatus, budgetLeft, refusal, valuation } from './bids.js';
import { amount, id, slot, volume } from './primitives.js';
import { option } from './problem.js';

/** A bid's body as it can be sent; what else is in it is its kind's. */
const sentBody = z.looseObject({ label: z.string().optional(), valuation });

const cell = z.strictObject({
  slot,
  siteId: id.nullable().describe('Null for bandwidth.'),
  resource: z.string(),
  needed: volume,
  free: volume,
  unitPrice: amount,
});

const change = z.strictObject({
  kind: z
    .enum(['value', 'completion', 'site', 'deposit', 'budget'])
    .describe(
      'What is changed: the worth, how late it may complete, where the data lies, what is in the wallet, or what budgets may spend.',
    ),
  body: sentBody.describe('The whole bid with the change.'),
  quoteId: z.string().nullable().describe('Of a quote for that body, for If-Match; null where the wallet or budgets decide.'),
  completion: slot,
  price: amount,
  value: amount,
  deposit: amount.describe('What has to come into the wallet first; 0 where nothing has.'),
  budgets: z
    .array(z.strictObject({ ...budgetLeft, missing: amount.describe('By so much it has to be more.') }))
    .optional()
    .describe('Of a change of budgets: those that have to be larger.'),
  from: id.optional().describe('The site where the data lies in the bid.'),
  to: id.optional().describe('The site where it lies in the body.'),
});

/** Why a bid is not accepted at the prices of this moment, and what would be. */
export const why = z
  .strictObject({
    bidId: id,
    marketId: id,
    status: bidStatus,
    decided: refusal.nullable().describe('As it was refused; null where it was not.'),
    body: sentBody.describe('The bid as it was sent.'),
    priceVersion: z.string().describe('Of the prices of this moment: what follows is about them.'),
    arrivalSlot: slot,
    best: option.nullable().describe('What the same bid would get now; null where it would be refused, or is accepted already.'),
    reason: refusal.nullable().describe('Why the same bid would be refused now.'),
    fits: z.boolean().nullable().describe('Whether the job fits now at all, whatever it is worth; null where that is not the question.'),
    cells: z.array(cell).describe('What makes it so: cells with too little free, or those that most would be paid for, the dearest first.'),
    changes: z.array(change).describe('The least changes with which it is accepted now, by the admission rule itself.'),
  })
  .meta({ id: 'Why' });
