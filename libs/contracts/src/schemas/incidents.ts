import { z } from 'zod';
import { count, id, slot } from './primitives.js';
import { capacityWindow } from './windows.js';

const number = count(0, Number.MAX_SAFE_INTEGER);

/** What failed of the sites of a market in the last seven days. */
export const incidents = z
  .strictObject({
    slot: slot.describe('The current one: up to it.'),
    sites: z.array(
      z.strictObject({
        siteId: id,
        days: z
          .array(
            z.strictObject({
              day: z.string().describe('2026-11-29, by the time at which slots begin (UTC).'),
              slots: number.describe('Slots of that day in which an outage withdrew something.'),
              outages: z.array(id).describe('The windows that did.'),
            }),
          )
          .describe('Seven, the latest last.'),
        outages: z
          .array(capacityWindow)
          .describe('Outages of the site and of the whole market: cause, slots, whom they hit, what came back.'),
      }),
    ),
  })
  .meta({ id: 'Incidents' });
