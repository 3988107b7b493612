import { defineOperations, MEMBERS, OPERATORS } from '../operation.js';
import { recurringBody, recurringPage, recurringQuery, recurringWindow, skipBody } from '../schemas/recurring.js';
import { windowPreview } from '../schemas/windows.js';

const tag = 'markets';
const path = '/v1/markets/{marketId}/recurring-windows';

/** Operations on maintenance that comes again and again (docs/lifecycle.md). */
export const recurringOperations = defineOperations({
  recur: {
    method: 'POST',
    path,
    tag,
    summary: 'Make recurring maintenance',
    description:
      'Its occurrences become windows before their slots are on sale: those of the next two horizons at once, the others as the clock comes near. Slots are told by the time at which they begin: slot 0 as the market was opened, each `slotMinutes` later, of a market with a manual clock too. An occurrence withdraws every slot that it touches.',
    policy: OPERATORS,
    headers: {
      'If-Match': 'The digest of a preview: it does what the preview said, or is not made, and answered with 412 and the new preview.',
    },
    body: recurringBody,
    responses: { 201: { description: 'The recurring maintenance', schema: recurringWindow } },
    problems: ['too_many_recurring', 'repairs_under_way', 'window_overlaps', 'preview_outdated'],
  },
  previewRecurring: {
    method: 'POST',
    path: `${path}/preview`,
    tag,
    summary: 'What recurring maintenance would do: its occurrences near at hand, and whom all of them would hit',
    description: 'Changes nothing; `digest` goes into the `If-Match` of the recurring maintenance.',
    policy: OPERATORS,
    repeatable: true,
    body: recurringBody,
    responses: { 200: { description: 'The preview', schema: windowPreview } },
    problems: ['too_many_recurring', 'repairs_under_way', 'window_overlaps'],
  },
  listRecurring: {
    method: 'GET',
    path,
    tag,
    summary: 'Recurring maintenance of a market, with its next occurrences',
    policy: MEMBERS,
    query: recurringQuery,
    responses: { 200: { description: 'A page, in the order in which it was made', schema: recurringPage } },
  },
  skipOccurrence: {
    method: 'POST',
    path: `${path}/{recurringId}/skips`,
    tag,
    summary: 'Take one occurrence out of recurring maintenance',
    description: 'Its window is closed where it has one; where it has none it gets none.',
    policy: OPERATORS,
    repeatable: true,
    body: skipBody,
    responses: { 204: { description: 'It is taken out' } },
    problems: ['repairs_under_way', 'window_over'],
  },
  endRecurring: {
    method: 'DELETE',
    path: `${path}/{recurringId}`,
    tag,
    summary: 'End recurring maintenance',
    description: 'Windows that have not begun are closed. One that has begun goes on to its end, or until it is closed by itself.',
    policy: OPERATORS,
    responses: { 204: { description: 'Ended' } },
    problems: ['repairs_under_way', 'window_over'],
  },
});
