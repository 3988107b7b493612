import type { Density } from './density.js';

/** What one bid has reported of demand. */
export interface Report extends Density {
  /** The slot in which it was decided. */
  readonly slot: number;
  readonly organisationId: bigint;
  /** How many bids it stands for (weightOf); a part of one where its organisation is large (diluted). */
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

/** In the order in which demand is served: the densest first, then the earlier one; reports that are alike in all of it are one as good as the other. */
export function byDensity(one: Report, other: Report): number {
  if (one.levelMicros !== other.levelMicros) return other.levelMicros - one.levelMicros;
  if (one.slot !== other.slot) return one.slot - other.slot;
  if (one.organisationId !== other.organisationId) return one.organisationId < other.organisationId ? -1 : 1;
  const kind = one.shares.findIndex((share, at) => share !== other.shares[at]);
  return kind < 0 ? one.weight - other.weight : one.shares[kind] - other.shares[kind];
}

/** The share of what a bid takes most of, for all bids that it stands for. */
export function demandOf({ shares, weight }: Pick<Report, 'shares' | 'weight'>): number {
  let largest = 0;
  for (const share of shares) if (share > largest) largest = share;
  return weight * largest;
}

/** Reports with the densities of some organisations held to a level; in the order of density. */
export const heldTo = (reports: readonly Report[], organisations: ReadonlySet<bigint>, levelMicros: number): Report[] =>
  reports
    .map((report) => (report.levelMicros > levelMicros && organisations.has(report.organisationId) ? { ...report, levelMicros } : report))
    .sort(byDensity);

/** Reports, of each organisation only as many as take no more than so much in all, the densest first: the last one of them may go beyond it. */
export function capped(reports: readonly Report[], most: number): Report[] {
  const taken = new Map<bigint, number>();
  return reports.filter((report) => {
    const before = taken.get(report.organisationId) ?? 0;
    taken.set(report.organisationId, before + demandOf(report));
    return before < most;
  });
}

/** Reports of which those of large organisations count for less, and how much of all demand counts still. */
export interface Diluted {
  readonly reports: readonly Report[];
  /** 1 where nobody is large. */
  readonly kept: number;
}

/**
 * Reports of which no organisation's count for more than so much of all demand: each of its bids counts for a part. What does not count is taken to be
 * like the rest, so that whoever clears the demand has that much less to sell. @param most from 0 to 1.
 */
export function diluted(reports: readonly Report[], most: number): Diluted {
  const demands = new Map<bigint, number>();
  let total = 0;
  for (const report of reports) {
    const demand = demandOf(report);
    total += demand;
    demands.set(report.organisationId, (demands.get(report.organisationId) ?? 0) + demand);
  }
  const parts = new Map<bigint, number>();
  let counted = 0;
  for (const [organisationId, demand] of demands) {
    const part = demand > most * total ? (most * total) / demand : 1;
    parts.set(organisationId, part);
    counted += part * demand;
  }
  if (counted >= total) return { reports, kept: 1 };
  const weigh = (report: Report): Report => ({ ...report, weight: report.weight * (parts.get(report.organisationId) ?? 1) });
  return { reports: reports.map(weigh), kept: counted / total };
}
