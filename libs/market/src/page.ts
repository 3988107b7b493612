import { at, invariant } from '#units';

/** Where a page of a list begins, and how long it is: only rows with a higher id, ids ascending. */
export interface PageRange {
  readonly afterId: bigint;
  /** At most so many. */
  readonly limit: number;
}

/** A row more than the page holds tells whether it is the last one. */
export function oneMore({ afterId, limit }: PageRange): PageRange {
  invariant(limit >= 1, 'a page has room for a row');
  return { afterId, limit: limit + 1 };
}

/** The page itself, and the id to go on after; null on the last page. */
export function pageOf<Row>(
  found: readonly Row[],
  { limit }: PageRange,
  idOf: (row: Row) => bigint,
): { readonly rows: readonly Row[]; readonly nextId: bigint | null } {
  const rows = found.slice(0, limit);
  return { rows, nextId: found.length > limit ? idOf(at(rows, limit - 1)) : null };
}
