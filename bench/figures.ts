import { percentile } from '#lab';

/** How far menus lie above the exact ones. Shares, not percent. */
export interface GapFigures {
  readonly cases: number;
  readonly entries: number;
  readonly gapMean: number;
  readonly gapP95: number;
  readonly gapMax: number;
  /** Entries that are possible, but impossible in the menu, by entries that are possible. */
  readonly falseImpossible: number;
  /** Entries that the menu has, although the exact reference says impossible: always a fault of one of the two. */
  readonly falsePossible: number;
  /** Entries below the exact price by more than rounding: always a fault of one of the two. */
  readonly belowExact: number;
  readonly utilityLossMean: number;
}

/** One case: menus in credits (`null`: impossible), the value of finishing d slots after arrival. */
export interface Comparison {
  readonly exact: readonly (number | null)[];
  readonly ours: readonly (number | null)[];
  readonly value: (d: number) => number;
}

const ROUNDING = 1e-3; // credits: prices are rounded to a micro-credit each, a payment has at most some hundred lines; the solver's tolerance is 1e-6 of the price

/** The gap of one entry: 0 / 0 counts as 0, something instead of nothing as 1. */
const gapOf = (ours: number, exact: number): number => (exact > 0 ? ours / exact - 1 : ours > 0 ? 1 : 0);

/** All gaps of a case, in the order of d, of entries that both menus have. */
export function gapsOf({ exact, ours }: Comparison): readonly number[] {
  return exact.flatMap((price, d) => {
    const our = ours[d] ?? null;
    return price === null || our === null ? [] : [gapOf(our, price)];
  });
}

/** The bidder's best utility from a menu; 0 is buying nothing. */
export const bestUtility = (menu: readonly (number | null)[], value: (d: number) => number): number =>
  menu.reduce<number>((best, price, d) => (price === null ? best : Math.max(best, value(d) - price)), 0);

/** The share of the best utility that is lost; undefined where nothing can be gained. */
export function utilityLossOf({ exact, ours, value }: Comparison): number | undefined {
  const best = bestUtility(exact, value);
  return best > 0 ? (best - bestUtility(ours, value)) / best : undefined;
}

/** The figures over many cases. */
export function gapFigures(cases: readonly Comparison[]): GapFigures {
  const gaps = cases.flatMap(gapsOf).sort((a, b) => a - b);
  const losses = cases.map(utilityLossOf).filter((loss) => loss !== undefined);
  const possible = sum(cases.map(({ exact }) => exact.filter((price) => price !== null).length));
  const tally = (fits: (exact: number | null, ours: number | null) => boolean): number =>
    sum(cases.map(({ exact, ours }) => exact.filter((price, d) => fits(price, ours[d] ?? null)).length));
  return {
    cases: cases.length,
    entries: gaps.length,
    gapMean: mean(gaps),
    gapP95: percentile(gaps, 0.95),
    gapMax: gaps.at(-1) ?? 0,
    falseImpossible: possible === 0 ? 0 : tally((exact, ours) => exact !== null && ours === null) / possible,
    falsePossible: tally((exact, ours) => exact === null && ours !== null),
    belowExact: tally((exact, ours) => exact !== null && ours !== null && ours < exact * (1 - 1e-6) - ROUNDING),
    utilityLossMean: mean(losses),
  };
}

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
export const mean = (values: readonly number[]): number => (values.length === 0 ? 0 : sum(values) / values.length);
