import { type AnswerOf, eventTold } from '#contracts';
import type { LevelsOutcome } from '#market';
import { formatMicros } from '#units';
import { cursorOf } from '../http/cursor.js';

type Answer = AnswerOf<'listLevels'>;

/** A market's level and how it has moved, as the API tells it. */
export const levelsView = ({ level, measuredThrough, head, entries, nextId }: Extract<LevelsOutcome, { kind: 'page' }>): Answer => ({
  level: level === undefined ? null : formatMicros(level),
  measuredThrough: measuredThrough.toString(),
  head: head.toString(),
  items: entries.map((entry) => eventTold(entry) as Answer['items'][number]),
  nextCursor: cursorOf(nextId),
});
