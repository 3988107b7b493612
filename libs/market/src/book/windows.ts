import { BANDWIDTH, BANDWIDTH_CELL, firstCellOf } from '#mechanism';

/** What a window withdraws: of one site, of the bandwidth between sites, or of the whole market. */
export type WindowScope = 'site' | 'bandwidth' | 'market';

/** Capacity that is off sale over some slots. */
export interface CapacityWindow {
  /** As text. */
  readonly windowId: string;
  readonly scope: WindowScope;
  /** Of a site's window: which one, by its ordinal. */
  readonly site: number | null;
  /** What is withdrawn, milli-units by the name of the resource (or `bandwidth`); null: everything. */
  readonly amounts: Readonly<Record<string, number>> | null;
  /** Its first slot, and the one after its last; null: it is open. */
  readonly from: number;
  readonly to: number | null;
  /** Where it was closed before its end: from which slot on. */
  readonly closedAt: number | null;
  /** Slots of which more was sold than it left: they stay withdrawn where it is closed early, since what was taken of them is owed to those who had it. */
  readonly taken: readonly number[];
  /** Whether all whom it hit have been dealt with. */
  readonly isSettled: boolean;
}

/** What the cells of a market are called. */
interface CellNames {
  readonly resources: readonly string[];
}

/** Whether a window withdraws anything of a slot. */
export function covers({ from, to, closedAt, taken }: CapacityWindow, slot: number): boolean {
  if (slot < from || (to !== null && slot >= to)) return false;
  return closedAt === null || slot < closedAt || taken.includes(slot);
}

/** What a window withdraws of a cell: milli-units; Infinity for everything. Nothing of cells that are not its own. */
function* withdrawnCells(
  window: CapacityWindow,
  { resources }: CellNames,
  cellCount: number,
): Generator<readonly [cell: number, milli: number]> {
  const { scope, site, amounts } = window;
  if (scope === 'market') for (let cell = 0; cell < cellCount; cell++) yield [cell, Infinity];
  if (scope === 'bandwidth') yield [BANDWIDTH_CELL, amounts === null ? Infinity : (amounts[BANDWIDTH] ?? 0)];
  if (scope !== 'site' || site === null) return;
  const first = firstCellOf(site, resources.length);
  for (const [index, name] of resources.entries()) yield [first + index, amounts === null ? Infinity : (amounts[name] ?? 0)];
}

/** What there is left of a slot: of each cell what the market has of its own, less what windows withdraw. */
export function leftOf(own: readonly number[], windows: readonly CapacityWindow[], slot: number, names: CellNames): number[] {
  const left = [...own];
  for (const window of windows) {
    if (!covers(window, slot)) continue;
    for (const [cell, milli] of withdrawnCells(window, names, own.length)) left[cell] = Math.max(0, (left[cell] ?? 0) - milli);
  }
  return left;
}

/**
 * What a slot has in all for the book: what is left, and of cells of which more is sold, what is sold. So nothing more of them is sold, and as those go
 * who are too many, the rest stays off sale.
 */
export const stockOf = (left: readonly number[], used: readonly number[]): number[] =>
  left.map((milli, cell) => Math.max(milli, used[cell] ?? 0));

/** Whether two windows would withdraw something of the same cell in the same slot. */
export function overlap(one: CapacityWindow, other: CapacityWindow): boolean {
  const [ends, otherEnds] = [one, other].map(({ to, closedAt, taken }) =>
    closedAt === null ? (to ?? Infinity) : Math.max(Math.min(closedAt, to ?? Infinity), ...taken.map((slot) => slot + 1)),
  );
  const isApart = (ends ?? 0) <= other.from || (otherEnds ?? 0) <= one.from;
  if (isApart) return false;
  if (one.scope === 'market' || other.scope === 'market') return true;
  return one.scope === other.scope && one.site === other.site;
}
