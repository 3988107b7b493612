import { float64, sameSlot, type Problem } from '../problem.js';
import { worthOfHomes, type Dual } from './dual.js';
import type { Lanes } from './lanes.js';
import type { SlotTable } from './slot-pass.js';
import { leastSums } from './sums.js';
import { priceSlot } from './slot-table.js';

/**
 * Floors that are proven. The prices of homes found by a search, and a price of traffic in each slot, take both kinds of limits into the price: what
 * all chunks cost then, each slot on its own, less what homes and budgets are worth, is no more than the price of any plan. Unlike the bound that
 * the search goes by, nothing is left out: one way a state is exact where no budget is in the way.
 */
export interface Certificate {
  /** Per count of chunks: least price in a slot, homes and traffic priced. */
  least: Float64Array;
  /** Per count of chunks: least price before a slot, and from it on. */
  before: Float64Array;
}

/** The prices that prove something, of the slots up to a number. */
export interface Evidence {
  readonly table: SlotTable;
  readonly dual: Dual;
  readonly lanes: Lanes;
  readonly slotCount: number;
}

/** Arrays that only grow. */
export const createCertificate = (): Certificate => ({ least: new Float64Array(0), before: new Float64Array(0) });

const NO_LANE = -1;
const NO_SLOT = -2;

/** Below any difference that a double makes of adding up in another order, relatively. */
const MARGIN = 1 - 1e-9;

/**
 * Raises the floors of completions by slot, where the prices of homes as they are prove more than is known: no plan whose last slot is that one costs
 * less. Looks at all slots opened, whether they have a lane or not.
 */
export function certify(
  problem: Problem,
  certificate: Certificate,
  { table, dual, lanes, slotCount }: Evidence,
  floors: Float64Array,
): void {
  const { width } = dual;
  const least = (certificate.least = float64(certificate.least, width));
  const before = (certificate.before = float64(certificate.before, 2 * width));
  const worth = worthOfHomes(problem, dual);
  before.fill(Infinity, 0, width);
  before[0] = 0;
  let known = NO_SLOT; // the first of the lanes that offer what the slot before does
  for (let t = 0, lane = 0, from = 0; t < slotCount; t++, from = width - from) {
    const first = lane < lanes.count && lanes.slot[lane] === t ? lanes.first[lane++] : NO_LANE;
    if (first !== known || (first === NO_LANE && !sameSlot(problem, t - 1, t))) {
      raise(problem, table, dual, t, 0, least);
      if (first !== NO_LANE && lanes.strict[first] === 1) raise(problem, table, dual, t, lanes.beta[first], least);
    }
    known = first;
    const total = pass(before, from, width - from, least, width, table.most) - worth;
    const proven = total > 0 ? total * MARGIN : total;
    if (proven > floors[t]) floors[t] = proven;
    dual.steps += width * (table.most + 2);
  }
}

/** Raises the least prices of a slot to those with traffic priced by `beta` a kB above its price, less what the budget is worth so. */
function raise(problem: Problem, table: SlotTable, { nu, width }: Dual, t: number, beta: number, least: Float64Array): void {
  priceSlot(problem, table, t, width - 1, problem.homes, nu, beta, false);
  const worth = beta * problem.budgetKB[t];
  for (let n = 1; n <= table.most; n++) {
    const cost = table.ways[width + n] > 0 ? table.cost[(width + n) * table.stride] - worth : Infinity;
    if (beta === 0 || cost > least[n]) least[n] = cost;
  }
}

/** Adds a slot that holds up to `most` chunks to the least prices at `from`; what comes of it stands at `to`. @returns the least price of all that uses it. */
function pass(before: Float64Array, from: number, to: number, least: Float64Array, width: number, most: number): number {
  leastSums(least, 0, most, before, from, width - 1, before, to, 0, width - 1);
  let using = Infinity;
  for (let n = 1; n <= most; n++) using = Math.min(using, before[from + width - 1 - n] + least[n]);
  return using;
}
