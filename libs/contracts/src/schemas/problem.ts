import { z } from 'zod';
import { cancellationQuote } from './allocations.js';
import { windowPreview } from './windows.js';
import { amount, id, slot } from './primitives.js';

/** A completion with its price and what the bid says it is worth. */
export const option = z.strictObject({ completion: slot, price: amount, value: amount });

/** What a bid would be answered at the prices of one version. `id` is what `If-Match` takes; no `best`: it would be refused. */
export const offer = z
  .strictObject({ id: z.string(), priceVersion: z.string(), arrivalSlot: slot, best: option.nullable() })
  .meta({ id: 'Offer' });
/** An offer as it is told. */
export type Offer = z.infer<typeof offer>;

/** RFC 9457. `type` is stable: programs may tell problems apart by it; `remedy` says what to do. */
export const problem = z
  .strictObject({
    type: z.string().regex(/^urn:eris:problem:[a-z_]+$/),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    remedy: z.string(),
    instance: z.string().optional(),
    requestId: z.string().optional(),
    errors: z.array(z.strictObject({ path: z.string(), message: z.string() })).optional(),
    bidId: id.optional(),
    quote: offer.optional(),
    cancellation: cancellationQuote.optional(),
    preview: windowPreview.optional(),
  })
  .meta({ id: 'Problem' });
/** A problem document (RFC 9457). */
export type Problem = z.infer<typeof problem>;
