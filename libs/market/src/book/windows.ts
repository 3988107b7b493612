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

/** Those windows that may withdraw anything of slots from `first` on and before `end`. */
export const windowsIn = (windows: readonly CapacityWindow[], first: number, end: number): readonly CapacityWindow[] =>
  windows.filter(
    ({ from, to, closedAt, taken }) =>
      from < end && (to === null || to > first) && (closedAt === null || closedAt > first || taken.some((slot) => slot >= first)),
  );

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

/**
 * What there is left of a slot: of each cell what the market has of its own, less the most that a window withdraws. Windows that are open never withdraw the same twice (`overlap`);
 * one that is open and ones that were closed do: what those took is off sale already.
 */
export function leftOf(own: readonly number[], windows: readonly CapacityWindow[], slot: number, names: CellNames): number[] {
  const left = [...own];
  for (const window of windows) {
    if (!covers(window, slot)) continue;
    for (const [cell, milli] of withdrawnCells(window, names, own.length))
      left[cell] = Math.min(left[cell] ?? 0, Math.max(0, (own[cell] ?? 0) - milli));
  }
  return left;
}

/**
 * What a slot has in all for the book: what is left, and of cells of which more is sold, what is sold. So nothing more of them is sold, and as those go
 * who are too many, the rest stays off sale.
 */
export const stockOf = (left: readonly number[], used: readonly number[]): number[] =>
  left.map((milli, cell) => Math.max(milli, used[cell] ?? 0));

/** Whether two windows that are open would withdraw something of the same cell in the same slot. One that is closed stands in nobody's way: a site may fail again. */
export function overlap(one: CapacityWindow, other: CapacityWindow): boolean {
  if (one.closedAt !== null || other.closedAt !== null) return false;
  if ((one.to ?? Infinity) <= other.from || (other.to ?? Infinity) <= one.from) return false;
  if (one.scope === 'market' || other.scope === 'market') return true;
  return one.scope === other.scope && one.site === other.site;
}
