import { z } from 'zod';
import { LIMITS } from '../limits.js';
import { REFUSAL_CODES } from '../refusals.js';
import { amount, givenAmount, id, once, page, pageQuery, slot, time, timeText, wholeText } from './primitives.js';
import { label } from './text.js';

const STATUSES = ['queued', 'accepted', 'refused'] as const;
const amountText = once(givenAmount);

/** What bids are looked for by. */
const filterQuery = {
  status: once(z.enum(STATUSES, 'must be queued, accepted or refused')).optional(),
  reason: once(z.enum(REFUSAL_CODES, 'must be the code of a refusal')).optional(),
  label: once(label).optional(),
  labelPrefix: once(label).optional().describe('How the label begins.'),
  organisationId: once(id).optional(),
  placedSince: timeText.optional().describe('Placed at that moment or later.'),
  placedBefore: timeText.optional().describe('Placed before that moment.'),
  valueMin: amountText.optional().describe('Of accepted bids: the value of what they got.'),
  valueMax: amountText.optional(),
  paymentMin: amountText.optional(),
  paymentMax: amountText.optional(),
};

/** The query of a search for bids. */
export const searchQuery = z.strictObject({
  ...filterQuery,
  sort: once(z.enum(['placed', 'decided', 'value', 'payment'], 'must be placed, decided, value or payment')).default('placed'),
  order: once(z.enum(['ascending', 'descending'], 'must be ascending or descending')).default('descending'),
  ...pageQuery,
});

/** The query of a count of bids by what they have in common. */
export const groupsQuery = z.strictObject({
  ...filterQuery,
  by: once(z.enum(['status', 'reason', 'label', 'organisation'], 'must be status, reason, label or organisation')).default('status'),
  ...pageQuery,
});

/** Bids that have something in common. */
export const bidGroup = z
  .strictObject({
    key: z.string().nullable().describe('What they have in common: a status, a code, a label, the id of an organisation; null: none.'),
    count: z.number(),
    value: amount.describe('What the accepted ones among them are worth to their bidders.'),
    payment: amount.describe('What they pay.'),
  })
  .meta({ id: 'BidGroup' });
/** A page of groups. */
export const bidGroupPage = page(bidGroup);

const SERIES_MINUTES_MAX = 527_040;

/** The query of a series. */
export const seriesQuery = z.strictObject({
  since: timeText.optional().describe('By time: from this moment on, cut to its minute; a day before `until` where nothing is said.'),
  until: timeText.optional().describe('By time: before this moment; now where nothing is said.'),
  minutes: wholeText({ min: 1, max: SERIES_MINUTES_MAX }).optional().describe('By time: minutes of a bucket.'),
  fromSlot: wholeText({ min: 0, max: LIMITS.slot }).optional().describe('By slot in place of time: by the slot in which bids arrived.'),
  toSlot: wholeText({ min: 0, max: LIMITS.slot }).optional().describe('By slot: the last one, included.'),
  slots: wholeText({ min: 1, max: LIMITS.slot }).optional().describe('By slot: slots of a bucket.'),
});

const wait = z.strictObject({
  meanMs: z.number(),
  p50Ms: z.number().describe('Half took no longer: a power of two.'),
  p99Ms: z.number().describe('99 of 100 took no longer: a power of two.'),
  maxMs: z.number(),
});

/** What happened in one bucket. */
const bucket = z.strictObject({
  at: time.nullable().describe('When it begins; null by slot.'),
  slot: slot.nullable().describe('The first slot of it; null by time.'),
  received: z.number(),
  accepted: z.number(),
  refused: z.number(),
  welfare: amount.describe('What the bids that were accepted are worth to their bidders.'),
  revenue: amount.describe('What they pay.'),
  queued: z.number().nullable().describe('Bids that waited for their decision at its end; null by slot.'),
  wait: wait.nullable().describe('From a bid to its decision; null where nothing was decided.'),
  prices: z
    .record(z.string(), z.strictObject({ sold: z.number(), price: amount }))
    .describe(
      'By resource, and bandwidth: the share of the window that was sold, and the mean posted price; empty where nothing is known of it.',
    ),
});

/** What happened in a market, in buckets, and how far behind its log that is. */
export const series = z
  .strictObject({
    buckets: z.array(bucket),
    upTo: z.string().describe('The entry of the log up to which decisions are counted.'),
    head: z.string().describe('The last entry of the log. Where that is later, the rest is counted within moments.'),
  })
  .meta({ id: 'Series' });
