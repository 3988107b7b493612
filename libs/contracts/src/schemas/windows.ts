import { WINDOW_CAUSES } from '#log';
import { z } from 'zod';
import { LIMITS } from '../limits.js';
import { amount, count, id, page, pageQuery, positive, recordOf, slot, time } from './primitives.js';
import { label } from './text.js';

const kind = z.enum(['outage', 'maintenance'], 'must be outage or maintenance');
/** Of what a window is. */
export const scope = z.enum(['site', 'bandwidth', 'market'], 'must be site, bandwidth or market');
const cause = z.enum(WINDOW_CAUSES, `must be one of ${WINDOW_CAUSES.join(', ')}`);
/** What a window withdraws. */
export const amounts = recordOf(positive, { names: LIMITS.resources, message: `must name at most ${LIMITS.resources} resources` });

/** The body of a window that an operator opens. */
export const openWindowBody = z.strictObject({
  kind,
  cause: cause.optional(),
  scope,
  siteId: id.transform(BigInt).optional(),
  amounts: amounts.describe('Units that are withdrawn, by resource (or `bandwidth`, MB); left out: everything.').optional(),
  from: slot.describe('Its first slot; left out: the current one.').optional(),
  to: slot.describe('The first slot that is not withdrawn any more; left out: it is open.').optional(),
  note: label.optional(),
});

const number = count(0, Number.MAX_SAFE_INTEGER);
/** Capacity that is off sale over some slots. */
export const capacityWindow = z
  .strictObject({
    id,
    sequence: z.string().describe("The entry of the market's log that opened it."),
    kind,
    cause,
    scope,
    siteId: id.nullable(),
    amounts: z.record(z.string(), z.number()).nullable(),
    from: slot,
    to: slot.nullable(),
    closedAt: slot.nullable().describe('From which slot on it is closed, where it was closed before its end.'),
    note: z.string().nullable(),
    recurringId: id.nullable().describe('The recurring maintenance that it is an occurrence of.'),
    state: z.enum(['planned', 'active', 'over', 'cancelled']),
    settled: z.boolean().describe('Whether all whom it hit were dealt with.'),
    hits: z.strictObject({ repaired: number, left: number, failed: number }),
    returned: amount.describe('What came back to those whom it hit.'),
    createdAt: time,
  })
  .meta({ id: 'CapacityWindow' });

/** The query of a list of windows. */
export const windowsQuery = z.strictObject(pageQuery);
/** A page of windows. */
export const windowPage = page(capacityWindow);

/** The body of a heartbeat. */
export const heartbeatBody = z.strictObject({ at: time.describe('The clock of the agent: it may be off by five minutes.') });
/** How heartbeats of sites are counted. */
export const heartbeatTerms = z
  .strictObject({
    everySeconds: count(1, 3_600).describe('How often they are expected.'),
    missedMax: count(1, 100).describe('After so many that are missed a site is taken off sale; so many in time put it on sale again.'),
  })
  .meta({ id: 'HeartbeatTerms' });
/** What a heartbeat is answered. */
export const heartbeat = z
  .strictObject({
    siteId: id,
    ...heartbeatTerms.shape,
    streak: count(1, Number.MAX_SAFE_INTEGER).describe('So many have come in time, one after the other.'),
  })
  .meta({ id: 'Heartbeat' });

/** What a window would do. */
export const windowPreview = z
  .strictObject({
    digest: z.string().describe('Of all of this, for `If-Match` as the window is opened.'),
    slot: slot.describe('The slot of the market in which this holds.'),
    occurrences: z
      .array(z.strictObject({ occurs: time, from: slot, to: slot }))
      .optional()
      .describe('Of recurring maintenance: those that would become windows at once.'),
    hits: z.array(
      z.strictObject({
        bidId: id,
        organisationId: id,
        outcome: z.enum(['repaired', 'left', 'failed']),
        promised: slot.describe('When it was sold to be done.'),
        completion: slot.nullable().describe('When it would be done; null: not at all.'),
        returned: amount,
      }),
    ),
    returned: amount.describe('What would come back to all of them.'),
  })
  .meta({ id: 'WindowPreview' });
/** A preview as it is told. */
export type WindowPreviewTold = z.output<typeof windowPreview>;
