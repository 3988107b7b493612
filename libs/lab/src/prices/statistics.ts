/** The mean of some numbers. */
export const mean = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

/** One sum by another, over seeds, with half of a 95 % interval. */
export interface Share {
  readonly share: number;
  /** 0 of one seed. */
  readonly halfWidth: number;
  readonly seeds: number;
}

const NORMAL_95 = 1.96;

/** What the sum of `over` is of the sum of `under`, pair by pair of the same seeds; its interval by the delta method. */
export function shareOf(over: readonly number[], under: readonly number[]): Share {
  const share = mean(over) / mean(under);
  const seeds = over.length;
  if (seeds < 2) return { share, halfWidth: 0, seeds };
  const residuals = over.map((value, index) => (value - share * (under[index] ?? 0)) / mean(under));
  const variance = residuals.reduce((sum, residual) => sum + residual ** 2, 0) / (seeds - 1);
  return { share, halfWidth: (NORMAL_95 * Math.sqrt(variance)) / Math.sqrt(seeds), seeds };
}
