import type { AnswerOf } from '#contracts';
import type { RecurOutcome, RecurringOutcome, ToldRecurring } from '#market';
import { cursorOf } from '../http/cursor.js';
import { occurrenceView } from './preview-views.js';
import { unitsOf } from './window-views.js';

/** Recurring maintenance as the API tells it. */
export const recurringView = ({ recurring, occurrences }: ToldRecurring): AnswerOf<'recur'> => ({
  id: recurring.recurringId.toString(),
  rule: recurring.rule,
  start: recurring.start,
  timeZone: recurring.timeZone,
  minutes: recurring.minutes,
  scope: recurring.scope,
  siteId: recurring.siteId === null ? null : recurring.siteId.toString(),
  amounts: unitsOf(recurring.amounts),
  note: recurring.note,
  state: recurring.endedAt === null ? 'active' : 'ended',
  occurrences: occurrences.map(({ windowId, state, ...one }) => ({
    ...occurrenceView(one),
    windowId: windowId === null ? null : windowId.toString(),
    state,
  })),
  createdAt: recurring.createdAt.toISOString(),
});

/** Recurring maintenance that was made, as the API tells it. */
export const madeView = ({ told }: Extract<RecurOutcome, { kind: 'made' }>): AnswerOf<'recur'> => recurringView(told);

/** A page of recurring maintenance as the API tells it. */
export const recurringPageView = ({ told, nextId }: Extract<RecurringOutcome, { kind: 'page' }>): AnswerOf<'listRecurring'> => ({
  items: told.map(recurringView),
  nextCursor: cursorOf(nextId),
});
