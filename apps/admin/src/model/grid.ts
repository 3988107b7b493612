/** What is sold, offered and asked for in every cell of a market: sites times slots, for each resource; bandwidth belongs to the market as a whole. */
export interface Grid {
  /** The first slot; the columns follow one after the other. */
  readonly from: number;
  readonly slots: number;
  readonly sites: readonly { readonly id: string; readonly name: string }[];
  /** Of one resource, site after site, slot after slot. */
  readonly cells: readonly Cell[];
}

/** A cell of a grid. */
export interface Cell {
  readonly sold: number;
  readonly capacity: number;
  /** Credits for a unit in the slot, as the API tells it. */
  readonly price: string;
}

/** What is offered nowhere. */
export const NO_CELL: Cell = { sold: 0, capacity: 0, price: '0' };

/** The cell of a site and a column. */
export const cellAt = ({ slots, cells }: Grid, site: number, column: number): Cell => cells[site * slots + column] ?? NO_CELL;

/** The share that is sold, 0 to 1; 0 where nothing is offered. */
export const shareOf = ({ sold, capacity }: Cell): number => (capacity > 0 ? Math.min(1, sold / capacity) : 0);

/** The share sold of all sites together. */
export function shareOfAll({ cells }: Grid): number {
  const sold = cells.reduce((sum, cell) => sum + cell.sold, 0);
  const capacity = cells.reduce((sum, cell) => sum + cell.capacity, 0);
  return capacity > 0 ? sold / capacity : 0;
}

/** What a unit costs in each slot, over the sites that have any: for charts, in doubles. */
export function aheadOf(grid: Grid): {
  readonly at: readonly number[];
  readonly lines: readonly { readonly name: string; readonly values: readonly (number | null)[] }[];
} {
  const columns = Array.from({ length: grid.slots }, (_, column) =>
    grid.sites.flatMap((_, row) => {
      const { capacity, price } = cellAt(grid, row, column);
      return capacity > 0 ? [Number(price)] : [];
    }),
  );
  const over = (of: (prices: readonly number[]) => number) => columns.map((prices) => (prices.length === 0 ? null : of(prices)));
  return {
    at: columns.map((_, column) => grid.from + column),
    lines: [
      { name: 'average', values: over((prices) => prices.reduce((sum, price) => sum + price, 0) / prices.length) },
      { name: 'cheapest', values: over((prices) => Math.min(...prices)) },
      { name: 'dearest', values: over((prices) => Math.max(...prices)) },
    ],
  };
}
