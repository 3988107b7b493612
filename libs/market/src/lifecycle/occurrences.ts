import type { MarketRecord } from '../catalogue/index.js';
import type { Occurrence, Recurrence, RecurringTerms } from './recurring-ports.js';

const MS_PER_MINUTE = 60_000;
/** Occurrences become windows that many times the slots on sale ahead of the clock: so before any of their slots is on sale. */
export const AHEAD_HORIZONS = 2;
/** Occurrences that become windows at once, at most. */
export const OCCURRENCES_MAX = 100;

type Clock = Pick<MarketRecord, 'openedAt' | 'slotMinutes'>;

/** When a slot begins, ms: slot 0 as the market was opened. Of markets with a manual clock too, whatever the time of day is. */
export const startOf = ({ openedAt, slotMinutes }: Clock, slot: number): number => openedAt.getTime() + slot * slotMinutes * MS_PER_MINUTE;

/** The slot in which a moment lies. */
export const slotAt = (clock: Clock, ms: number): number =>
  Math.floor((ms - clock.openedAt.getTime()) / (clock.slotMinutes * MS_PER_MINUTE));

/** Up to which slot occurrences are windows. */
export const aheadOf = ({ slot, horizonSlots }: Pick<MarketRecord, 'slot' | 'horizonSlots'>): number =>
  slot + AHEAD_HORIZONS * horizonSlots;

/**
 * Occurrences that begin in slots of a range, in their order, each with all slots that it touches. Where two of them touch the same slot it is the
 * earlier one's: one window withdraws a slot, not two.
 */
export function occurrencesIn(
  recurrence: Recurrence,
  terms: Pick<RecurringTerms, 'rule' | 'start' | 'timeZone' | 'minutes'>,
  clock: Clock,
  { from, to, max }: { readonly from: number; readonly to: number; readonly max: number },
): Occurrence[] {
  const lengthMs = terms.minutes * MS_PER_MINUTE;
  const slotMs = clock.slotMinutes * MS_PER_MINUTE;
  const begin = startOf(clock, from);
  const earlier = recurrence.within(terms, begin - Math.max(lengthMs, slotMs), begin, Infinity).slice(-1);
  let free = -Infinity;
  const found = [...earlier, ...recurrence.within(terms, begin, startOf(clock, to), max)].map((occursMs): Occurrence => {
    const first = Math.max(free, slotAt(clock, occursMs));
    const end = slotAt(clock, occursMs + lengthMs - 1) + 1;
    free = Math.max(free, end);
    return { occursMs, from: first, to: end };
  });
  return found.slice(earlier.length).filter((one) => one.to > one.from);
}
