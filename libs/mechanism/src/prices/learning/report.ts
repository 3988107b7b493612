import type { Density } from './density.js';
import { LEVEL_MICROS_MAX } from './rule.js';

/** What one bid has reported of demand, and what came of it. */
export interface Report extends Density {
  /** The slot in which it was decided. */
  readonly slot: number;
  readonly organisationId: bigint;
  /** The level that it was accepted at, micro-credits; undefined of a refused bid. That it is worth as much is proven: it pays. */
  readonly paidMicros: number | undefined;
  /** How many bids it stands for (weightOf). */
  readonly weight: number;
}

/** Bids of a slot that are all measured; of those after them fewer and fewer. */
const MEASURED_ALL = 128;

/**
 * Whether the bid with that place among the bids of its slot is measured, and for how many it stands: all of the first 128, of the next 128 every
 * second one, of the next 256 every fourth one, and so on. So the work of a slot grows with the logarithm of its bids, and is told from the log alone.
 * @param place 0, 1, 2, … in the order of the log. @returns 0 where it is not measured.
 */
export function weightOf(place: number): number {
  const weight = place < MEASURED_ALL ? 1 : 2 ** (1 + Math.floor(Math.log2(place / MEASURED_ALL)));
  return place % weight === 0 ? weight : 0;
}

/** In the order in which demand is served: the densest first, then the earlier one. */
export const byDensity = (one: Report, other: Report): number => other.levelMicros - one.levelMicros || one.slot - other.slot;

/** Where only what was proven counts of an organisation: of its accepted bids what they paid, of the others nothing. In the order of density. */
export function provenOnly(reports: readonly Report[], organisationId: bigint): Report[] {
  const counted: Report[] = [];
  for (const report of reports) {
    if (report.organisationId !== organisationId) counted.push(report);
    else if (report.paidMicros !== undefined && report.paidMicros > 0)
      counted.push({ ...report, levelMicros: Math.min(report.levelMicros, report.paidMicros, LEVEL_MICROS_MAX) });
  }
  return counted.sort(byDensity);
}
