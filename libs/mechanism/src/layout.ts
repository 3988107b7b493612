/**
 * How what a market sells in one slot is numbered: cell 0 is the bandwidth between sites, then come the resources of site 0 in the market's order,
 * then those of site 1, and so on. Books, footprints, prices and stored usage are laid out so; nobody else knows the numbers.
 */

/** The cell of the bandwidth between sites, kB. */
export const BANDWIDTH_CELL = 0;

/** Cells of a slot. */
export const cellCountOf = (siteCount: number, resourceCount: number): number => 1 + siteCount * resourceCount;

/** Where the cells of a site begin; its resources follow one another, milli-units. */
export const firstCellOf = (site: number, resourceCount: number): number => 1 + site * resourceCount;

/** A slot's cells, from the bandwidth and what each site has of each resource. */
export const cellsFrom = <Value>(bandwidth: Value, bySite: readonly (readonly Value[])[]): Value[] => [bandwidth, ...bySite.flat()];

/** Whose a cell is. `kind` counts what is priced alike: 0 bandwidth, 1 + k resource k. */
export interface CellOwner {
  /** Null for bandwidth. */
  readonly site: number | null;
  readonly kind: number;
}

/** What is sold in a cell: 0 is bandwidth, 1 + k resource k. */
export const kindOfCell = (cell: number, resourceCount: number): number => (cell === BANDWIDTH_CELL ? 0 : 1 + ((cell - 1) % resourceCount));

/** The site of a cell that is not the bandwidth's. */
export const siteOfCell = (cell: number, resourceCount: number): number => Math.floor((cell - 1) / resourceCount);

/** Whose a cell is: a site's resource, or the bandwidth of all. */
export const ownerOfCell = (cell: number, resourceCount: number): CellOwner => ({
  site: cell === BANDWIDTH_CELL ? null : siteOfCell(cell, resourceCount),
  kind: kindOfCell(cell, resourceCount),
});
