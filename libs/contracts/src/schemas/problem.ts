import { z } from 'zod';

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
  })
  .meta({ id: 'Problem' });
/** A problem document (RFC 9457). */
export type Problem = z.infer<typeof problem>;
