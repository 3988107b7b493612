import { z } from 'zod';
import { amount, count, givenAmount, id, page, time, wholeQuery } from './primitives.js';
import { label, name } from './text.js';

const scope = z
  .enum(['organisation', 'key', 'label'], 'must be organisation, key or label')
  .describe('Whose bids it counts: all of the organisation, those placed with one key, those with one label.');
const per = z
  .enum(['day', 'month', 'all'], 'must be day, month or all')
  .describe('Over what it counts, by the slots that are bought: each day or month (UTC), or everything.');

/** The body of a budget. */
export const budgetBody = z.strictObject({
  scope: scope.default('organisation'),
  keyId: id.optional().describe('Of the scope `key`.'),
  label: label.optional().describe('Of the scope `label`.'),
  per,
  amount: givenAmount,
});

const period = z.string().describe('2026-11-29, 2026-11 or all.');
/** A budget with what it holds. */
export const budget = z
  .strictObject({
    name: z.string(),
    organisationId: id,
    scope,
    keyId: id.nullable(),
    label: z.string().nullable(),
    per,
    amount,
    createdAt: time,
    periods: z
      .array(
        z.strictObject({
          period,
          spent: amount.describe('What slots cost that have run, and what is not given back.'),
          reserved: amount.describe('What slots cost that have not run.'),
          left: amount,
        }),
      )
      .describe('Those of which anything was taken, the latest first; at most 31.'),
    events: z
      .array(
        z.strictObject({
          at: time,
          period,
          share: count(0, 100).describe('50, 80 or 100, of a hundred.'),
          kind: z.enum(['reached', 'below']),
          used: amount,
          amount,
        }),
      )
      .describe('A share of it was reached, or is not any more: each is told once. The latest first; at most 30.'),
  })
  .meta({ id: 'Budget' });
/** The query of a list of budgets. */
export const budgetsQuery = z.strictObject(wholeQuery);
/** A page of budgets. */
export const budgetPage = page(budget);
/** The name of a budget in a path. */
export const budgetName = name;
