import type { CatalogueTx, NewSite, Peak, SiteRecord } from '#market';
import { at, type Milli } from '#units';
import type { PrismaTx } from '../cold-work.js';
import { writeCapacities } from '../lifecycle/capacities.js';
import type { Site } from '../prisma/generated/client.js';

type SitesTx = Pick<CatalogueTx, 'listSites' | 'insertSite' | 'setCapacity' | 'findPeak' | 'setUsageCapacity'>;

/** Sites, and what is sold of them, over a transaction of Prisma's. */
export function sitesTx(db: PrismaTx): SitesTx {
  return {
    listSites: async (marketId) => (await db.site.findMany({ where: { marketId }, orderBy: { ordinal: 'asc' } })).map(recordOf),
    insertSite: (site) => insert(db, site),
    setCapacity: async (id, capacityMilli) =>
      void (await db.site.update({ where: { id }, data: { capacityMilli: bigints(capacityMilli) }, select: { id: true } })),
    findPeak: (marketId, cell, fromSlot) => findPeak(db, { marketId, cell, fromSlot }),
    setUsageCapacity: (marketId, fromSlot, capacityMilli) => writeCapacities(db, marketId, fromSlot, capacityMilli),
  };
}

/** A taken name makes no row, and no error either: an error would end the transaction. */
async function insert(db: PrismaTx, { location, capacityMilli, ...site }: NewSite): Promise<SiteRecord | undefined> {
  const data = {
    ...site,
    capacityMilli: bigints(capacityMilli),
    latitude: location?.latitude ?? null,
    longitude: location?.longitude ?? null,
  };
  const [made] = await db.site.createManyAndReturn({ data, skipDuplicates: true });
  return made === undefined ? undefined : recordOf(made);
}

/**
 * find-peak: the slot in which most of a cell is sold.
 * Input:  market, cell (0 is bandwidth), first slot. Output: at most one row; none where nothing is sold.
 * Events: none.
 * Retry:  safe; it reads.
 */
async function findPeak(
  db: PrismaTx,
  { marketId, cell, fromSlot }: { marketId: bigint; cell: number; fromSlot: number },
): Promise<Peak | undefined> {
  const rows = await db.$queryRaw<{ slot: number; used: bigint }[]>`
    SELECT slot, used_milli[${cell}::int + 1] AS used FROM slot_usage
    WHERE market_id = ${marketId} AND slot >= ${fromSlot}::int AND used_milli[${cell}::int + 1] > 0
    ORDER BY used DESC, slot LIMIT 1`;
  return rows.length === 0 ? undefined : { slot: at(rows, 0).slot, usedMilli: Number(at(rows, 0).used) };
}

const bigints = (amounts: readonly Milli[]): bigint[] => amounts.map(BigInt);

const recordOf = ({ id, latitude, longitude, capacityMilli, marketId, ordinal, name }: Site): SiteRecord => ({
  siteId: id,
  marketId,
  ordinal,
  name,
  capacityMilli: capacityMilli.map((amount) => Number(amount) as Milli),
  location: latitude === null || longitude === null ? null : { latitude, longitude },
});
