/** The value below which `share` (0 to 1) of the ascending values lie, by nearest rank; 0 of none. */
export function percentile(ascending: readonly number[], share: number): number {
  const rank = Math.max(1, Math.ceil(share * ascending.length));
  return ascending[rank - 1] ?? 0;
}

/** Ascending, as `percentile` wants them. */
export const ascending = (values: readonly number[]): readonly number[] => [...values].sort((a, b) => a - b);
