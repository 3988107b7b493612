import { EVENT_KINDS } from '#log';
import { z } from 'zod';
import { LIMITS } from '../limits.js';
import { amount, id, once, pageQuery, slot, time, timeText, volume, wholeText } from './primitives.js';
import { marketStatus } from './markets.js';

/** The number of an entry of a log, in a query. */
const sequenceText = once(z.string().regex(/^[1-9]\d{0,17}$/, 'must be a sequence number, from 1 on'));
const slotText = wholeText({ min: 0, max: LIMITS.slot });
const sequence = z.string().describe('The number of an entry of the log.');

/** The query of a book. */
export const bookQuery = z.strictObject({
  at: sequenceText.optional().describe('As it was after this entry of the log; as it is now where nothing is said.'),
  from: slotText.optional(),
  to: slotText.optional(),
  resource: once(z.string().max(LIMITS.nameLength, 'names no resource')).optional().describe('One resource, or bandwidth.'),
  siteId: once(id).optional(),
});

const units = z.number().describe('Units (MB of bandwidth), right to a thousandth.');
const bookRow = z.strictObject({
  siteId: id.nullable().describe('Null for bandwidth.'),
  resource: z.string(),
  used: z.array(units).describe('What is sold, a number for each slot.'),
  capacity: z.array(units).describe('What there is, a number for each slot.'),
  prices: z.array(amount).describe('What a unit costs in that slot (an MB of bandwidth).'),
});

/** A market's book at a moment: what is sold, what there is, what it costs. */
export const book = z
  .strictObject({
    sequence: sequence.describe('The entry of the log after which it was so.'),
    at: time.describe('When that entry was written.'),
    head: sequence.describe('The last entry of the log now.'),
    status: marketStatus,
    slot: slot.describe('The current slot at that moment.'),
    priceVersion: z.string(),
    firstSlot: slot,
    slotCount: z.number(),
    nextSlot: slot.nullable().describe('From where to ask on; null where all is told.'),
    rows: z.array(bookRow).describe('Bandwidth first, then each resource of each site.'),
  })
  .meta({ id: 'Book' });

/** The query of how a price has moved. */
export const priceHistoryQuery = z.strictObject({
  slot: slotText,
  resource: once(z.string().max(LIMITS.nameLength, 'names no resource')).describe('One resource, or bandwidth.'),
  siteId: once(id).optional().describe('Of which site; not asked for with bandwidth.'),
  since: timeText.optional().describe('From what it cost at that moment on; from when the slot came on sale where nothing is said.'),
  ...pageQuery,
});

/** What a resource of a site cost in a slot from an entry of the log on, and what that followed from. */
export const pastPrice = z
  .strictObject({
    sequence: sequence.describe('From this entry of the log on.'),
    at: time,
    because: z
      .enum(EVENT_KINDS)
      .nullable()
      .describe('The type of that entry; null where it had that price already when the answer begins.'),
    price: amount.describe('What a unit costs in that slot (an MB of bandwidth).'),
    sold: volume.describe('What is sold of it.'),
    capacity: volume.describe('What there is of it.'),
    supply: volume.describe('What the whole market has of it in that slot.'),
    formula: z.string().describe('The rule with these numbers in it; the price is that, rounded half up to a micro-credit.'),
  })
  .meta({ id: 'PastPrice' });

/** A page of what a resource of a site cost in a slot, and how far the log was looked through. */
export const priceHistory = z
  .strictObject({
    items: z.array(pastPrice),
    nextCursor: z.string().nullable().describe('Null where all is told that has happened; a page before that may have no rows.'),
    through: sequence.describe('The entry of the log up to which this page tells.'),
    head: sequence.describe('The last entry of the log then.'),
  })
  .meta({ id: 'PriceHistory' });
