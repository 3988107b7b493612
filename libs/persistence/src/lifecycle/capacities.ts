import { type CapacityWindow, covers, leftOf, type SlotUsage, stockOf } from '#market';
import type { Milli } from '#units';
import type { PrismaTx } from '../cold-work.js';

interface WindowRow {
  readonly id: bigint;
  readonly scope: CapacityWindow['scope'];
  readonly site: number | null;
  readonly amounts: CapacityWindow['amounts'];
  readonly from_slot: number;
  readonly to_slot: number | null;
  readonly closed_slot: number | null;
  readonly taken: number[];
  readonly is_settled: boolean;
}

const windowOf = (row: WindowRow): CapacityWindow => ({
  windowId: row.id.toString(),
  scope: row.scope,
  site: row.site,
  amounts: row.amounts,
  from: row.from_slot,
  to: row.to_slot,
  closedAt: row.closed_slot,
  taken: row.taken,
  isSettled: row.is_settled,
});

/**
 * list-market-windows: windows of a market that withdraw anything from a slot on, or the one of that id.
 * Input:  market, slot, window (null: any). Output: windows by id.
 * Events: none.
 * Retry:  safe; it reads.
 */
export async function readWindows(
  db: PrismaTx,
  marketId: bigint,
  of: { readonly fromSlot?: number; readonly windowId?: bigint },
): Promise<CapacityWindow[]> {
  const rows = await db.$queryRaw<WindowRow[]>`
    SELECT w.id, w.scope::text, s.ordinal AS site, w.amounts, w.from_slot, w.to_slot, w.closed_slot, w.taken, w.settled_sequence IS NOT NULL AS is_settled
    FROM market_window w LEFT JOIN site s ON s.id = w.site_id
    WHERE w.market_id = ${marketId} AND (${of.windowId ?? null}::bigint IS NULL OR w.id = ${of.windowId ?? null}::bigint)
      AND (${of.fromSlot ?? null}::int IS NULL OR ((w.to_slot IS NULL OR w.to_slot > ${of.fromSlot ?? null}::int)
        AND (w.closed_slot IS NULL OR w.closed_slot > ${of.fromSlot ?? null}::int OR ${of.fromSlot ?? null}::int <= ANY (w.taken))))
    ORDER BY w.id`;
  return rows.map(windowOf);
}

/** list-usage: what is sold of slots of a market, from one on. Input: market, slot. Output: rows by slot. Events: none. Retry: safe; it reads. */
export async function readUsage(db: PrismaTx, marketId: bigint, fromSlot: number): Promise<SlotUsage[]> {
  const found = await db.slotUsage.findMany({ where: { marketId, slot: { gte: fromSlot } }, orderBy: { slot: 'asc' } });
  return found.map(({ slot, usedMilli }) => ({ slot, usedMilli: usedMilli.map(Number) }));
}

/** Writes what there is of every cell beside what is sold, from a slot on: what the market has of its own, less what is withdrawn. */
export async function writeCapacities(db: PrismaTx, marketId: bigint, fromSlot: number, own: readonly Milli[]): Promise<void> {
  const windows = await readWindows(db, marketId, { fromSlot });
  const isCovered = ({ slot }: SlotUsage): boolean => windows.some((window) => covers(window, slot));
  const covered = windows.length === 0 ? [] : (await readUsage(db, marketId, fromSlot)).filter(isCovered);
  await db.slotUsage.updateMany({
    where: { marketId, slot: { gte: fromSlot, notIn: covered.map(({ slot }) => slot) } },
    data: { capacityMilli: own.map(BigInt) },
  });
  const { resources } = await db.market.findUniqueOrThrow({ where: { id: marketId }, select: { resources: true } });
  for (const { slot, usedMilli } of covered) {
    const capacityMilli = stockOf(leftOf(own, windows, slot, { resources }), usedMilli).map(BigInt);
    await db.slotUsage.update({ where: { marketId_slot: { marketId, slot } }, data: { capacityMilli }, select: { slot: true } });
  }
}
