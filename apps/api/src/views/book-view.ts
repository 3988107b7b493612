import type { AnswerOf } from '#contracts';
import type { BookAt, BookRow } from '#market';
import { formatMicros } from '#units';

const unitsOf = (milli: readonly number[]): number[] => milli.map((each) => each / 1000);

const rowView = ({ siteId, resource, usedMilli, capacityMilli, prices }: BookRow): AnswerOf<'readBook'>['rows'][number] => ({
  siteId,
  resource,
  used: unitsOf(usedMilli),
  capacity: unitsOf(capacityMilli),
  prices: prices.map(formatMicros),
});

/** A book as the API tells it. */
export const bookView = ({ state, at, head, first, slotCount, nextSlot, rows }: BookAt): AnswerOf<'readBook'> => ({
  sequence: state.head.sequence.toString(),
  at: at.toISOString(),
  head: head.toString(),
  status: state.head.status,
  slot: state.head.slot,
  priceVersion: state.priceVersion.toString(),
  firstSlot: first,
  slotCount,
  nextSlot,
  rows: rows.map(rowView),
});
