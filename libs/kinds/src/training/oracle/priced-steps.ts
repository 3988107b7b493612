import type { Effort } from './kernel/priced/state.js';

/** Completions of a window for which homes are priced at most. */
export const RANKS_MAX = 18;
/** The first of them, of which no saving is asked. */
export const FIRST_RANKS = 12;
/** What the others must cost at most by the spread, as a share of the one before. */
export const MUCH_CHEAPER = 0.95;
/** A window of at most so many slots is short. */
const SHORT = 16;
/** How thorough the searches up to a rank are. */
type EffortByRank = readonly (readonly [rank: number, effort: Effort])[];
const SHORT_EFFORT: EffortByRank = [[RANKS_MAX, { stepsMax: 5_000_000, rounds: 3, open: 0.02 }]];
/** In a long window more completions are asked for, and a plan gains less of what it costs. */
const LONG_EFFORT: EffortByRank = [
  [6, { stepsMax: 6_000_000, rounds: 1, open: 0.04 }],
  [FIRST_RANKS, { stepsMax: 2_500_000, rounds: 1, open: 0.04 }],
  [RANKS_MAX, { stepsMax: 1_000_000, rounds: 1, open: 0.04 }],
];

/** How thorough the search for the completion of this rank is, by the slots of the window; undefined where there is none. */
export const effortOf = (rank: number, slotCount: number): Effort | undefined =>
  rank === 0 ? undefined : (slotCount <= SHORT ? SHORT_EFFORT : LONG_EFFORT).find(([to]) => rank <= to)?.[1];

/** Steps after which the searches of a window begin no other part of their work. */
export function pricedSteps(slotCount: number): number {
  let steps = 0;
  for (let rank = 1; rank <= Math.min(slotCount, RANKS_MAX); rank++) steps += effortOf(rank, slotCount)?.stepsMax ?? 0;
  return steps;
}
