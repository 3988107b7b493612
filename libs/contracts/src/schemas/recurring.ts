import { z } from 'zod';
import { amounts, scope } from './windows.js';
import { count, id, page, pageQuery, slot, time } from './primitives.js';
import { label } from './text.js';

const text = (longest: number) => z.string().max(longest, `must have at most ${longest} characters`);
const rule = text(200).describe(
  'The value of an RRULE (RFC 5545): FREQ from HOURLY to YEARLY, with INTERVAL, COUNT or UNTIL, and BY… parts.',
);
const start = text(16).describe('The time of day and the date from which on it recurs, in its time zone: 2027-01-31T02:00.');
const timeZone = text(64).describe('Of the time zone database, such as Europe/Berlin.');
/** A week. */
const MINUTES_MAX = 10_080;
const minutes = count(1, MINUTES_MAX).describe('How long each occurrence lasts.');

/** The body of recurring maintenance. */
export const recurringBody = z.strictObject({
  rule: rule.meta({ examples: ['FREQ=WEEKLY;BYDAY=TU'] }),
  start: start.meta({ examples: ['2027-01-05T02:00'] }),
  timeZone: timeZone.meta({ examples: ['Europe/Berlin'] }),
  minutes,
  scope,
  siteId: id.transform(BigInt).optional(),
  amounts: amounts.describe('Units that are withdrawn, by resource (or `bandwidth`, MB); left out: everything.').optional(),
  note: label.optional(),
});

/** The body that takes one occurrence out. */
export const skipBody = z.strictObject({ occurrence: time.describe('When it occurs, as it is told in `occurs`.') });

/** Recurring maintenance as it is told. */
export const recurringWindow = z
  .strictObject({
    id,
    rule,
    start,
    timeZone,
    minutes,
    scope,
    siteId: id.nullable(),
    amounts: z.record(z.string(), z.number()).nullable(),
    note: z.string().nullable(),
    state: z.enum(['active', 'ended']),
    occurrences: z
      .array(
        z.strictObject({
          occurs: time,
          from: slot,
          to: slot.describe('The first slot after it.'),
          windowId: id.nullable().describe('Null: it is no window yet.'),
          state: z
            .enum(['planned', 'active', 'closed', 'skipped', 'waiting'])
            .describe(
              'skipped: it was taken out; closed: its window was; waiting: it has none yet, since the clock has just come near, or another window stands in its way.',
            ),
        }),
      )
      .describe('Those that are not over, near at hand; at most 10.'),
    createdAt: time,
  })
  .meta({ id: 'RecurringWindow' });
/** The query of a list of recurring maintenance. */
export const recurringQuery = z.strictObject(pageQuery);
/** A page of recurring maintenance. */
export const recurringPage = page(recurringWindow);
