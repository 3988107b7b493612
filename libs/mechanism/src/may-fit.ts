import { mayPass } from './deferred.js';
import { type Planning, saleEndOf } from './menu.js';
import type { Valuation } from './types.js';
import { roundedValueAt } from './valuation.js';

/**
 * Whether the oracle knows any plan, or the plain floor alone rules a completion out. Asked where only sharp floors did: a refusal
 * for its price says that the job would fit.
 */
export function mayFit<Job, Plan>({ book, job, arrival, oracle }: Planning<Job, Plan>, valuation: Valuation): boolean {
  const search = oracle.open(book, job, arrival);
  let last: number | undefined;
  for (let completion = arrival, end = saleEndOf(book, arrival); completion < end; completion++) {
    const floor = search.advance();
    if (floor === Infinity) continue;
    if (!mayPass(roundedValueAt(valuation, completion - arrival), floor, 0)) return true;
    if (!(search.bound() < Infinity)) continue;
    if (search.dear?.isDear() !== true) {
      if (search.plan() !== undefined) return true;
    } else if (search.dear.ceiling(Infinity) < Infinity) return true;
    else last = completion;
  }
  if (last === undefined || !search.dear) return false;
  search.dear.returnTo(last);
  return search.dear.isPossible();
}
