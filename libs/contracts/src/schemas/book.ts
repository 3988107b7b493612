import { z } from 'zod';
import { LIMITS } from '../limits.js';
import { amount, id, once, slot, time, wholeText } from './primitives.js';
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
