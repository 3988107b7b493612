import { ROUNDING_SLACK } from './menu.js';
import type { DearPlans } from './oracle.js';

/** A completion with a floor of its price and its value, micro-credits as doubles. */
export interface BoundedOption {
  readonly completion: number;
  readonly floor: number;
  readonly value: number;
}

/** Completions whose plans are dear to find, left until the walk is done; the utility that one of them has at least. */
export interface Deferred {
  readonly left: BoundedOption[];
  assured: number;
}

/** Whether a price of at least `least` leaves a value above `bar`. */
export const mayPass = (value: number, least: number, bar: number): boolean => value - least + ROUNDING_SLACK > bar;

/** The utility that a completion may have at most. */
export const promiseOf = ({ value, floor }: BoundedOption): number => value - floor;

/** The more promising of two, the first on a tie. */
export const moreOf = (one: BoundedOption | undefined, other: BoundedOption): BoundedOption =>
  one && promiseOf(one) >= promiseOf(other) ? one : other;

/** Leaves a completion for later. @param funds what surely can be paid, whatever for; -Infinity where budgets may stand in the way. */
export function defer(deferred: Deferred, dear: DearPlans, option: BoundedOption, funds: number): void {
  deferred.left.push(option);
  const ceiling = dear.ceiling(option.value - deferred.assured) + ROUNDING_SLACK;
  if (ceiling <= funds) deferred.assured = Math.max(deferred.assured, option.value - ceiling);
}

/** Takes the most promising out, by floors as they are known by now; those that leave no utility above `bar` stay as they are. */
export function takeBest(left: BoundedOption[], dear: DearPlans | undefined, bar: number): BoundedOption | undefined {
  let best: BoundedOption | undefined;
  left.forEach((option, index) => {
    const known = mayPass(option.value, option.floor, bar) ? knownBy(dear, option) : option;
    left[index] = known;
    best = moreOf(best, known);
  });
  if (best) left.splice(left.indexOf(best), 1);
  return best;
}

/** The option with the floor that is known of it by now. */
function knownBy(dear: DearPlans | undefined, option: BoundedOption): BoundedOption {
  const floor = dear?.floorOf(option.completion) ?? 0;
  return floor > option.floor ? { ...option, floor } : option;
}
