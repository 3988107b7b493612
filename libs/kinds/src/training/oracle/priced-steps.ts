/** Completions of a window for which homes are priced at most. */
export const RANKS_MAX = 18;
/** The first of them, of which no saving is asked. */
export const FIRST_RANKS = 12;
/** What the others must cost at most by the spread, as a share of the one before. */
export const MUCH_CHEAPER = 0.95;
/** A window of at most so many slots is short. */
const SHORT = 16;
type StepsByRank = readonly (readonly [rank: number, steps: number])[];
/** Steps after which a search begins no other part of its work: up to this rank, and for the ranks after it. */
const SHORT_STEPS: StepsByRank = [[RANKS_MAX, 6_000_000]];
const LONG_STEPS: StepsByRank = [
  [6, 6_000_000],
  [FIRST_RANKS, 2_500_000],
  [RANKS_MAX, 1_000_000],
];

/** Steps after which the search for the completion of this rank begins no other part of its work, by the slots of the window. */
export const stepsOfRank = (rank: number, slotCount: number): number =>
  (slotCount <= SHORT ? SHORT_STEPS : LONG_STEPS).find(([to]) => rank <= to)?.[1] ?? 0;

/** Steps after which the searches of a window begin no other part of their work. */
export function pricedSteps(slotCount: number): number {
  let steps = 0;
  for (let rank = 1; rank <= Math.min(slotCount, RANKS_MAX); rank++) steps += stepsOfRank(rank, slotCount);
  return steps;
}
