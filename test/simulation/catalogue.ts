import type { CatalogueTx, MarketRecord, UnitOfWork } from '#market';
import { invariant, micros, type Milli } from '#units';
import type { Database, Session, StoredMarket } from './database.js';
import { append, marketLock } from './ports.js';
import type { Process } from './scheduler.js';

/** The part of the catalogue that changes a market which is open. */
export function catalogueOf(database: Database, process: Process): UnitOfWork<CatalogueTx> {
  const run = <T>(work: (tx: CatalogueTx) => Promise<T>): Promise<T> =>
    database.transaction(process, Infinity, (session) => work(catalogueTx(database, session) as CatalogueTx));
  return { transaction: run, read: run };
}

function catalogueTx(database: Database, session: Session): Partial<CatalogueTx> {
  const stage = (effect: () => void): Promise<void> => database.statement(session, [], () => void session.staged.push(effect));
  const siteMarket = (siteId: bigint): StoredMarket => {
    const market = [...database.markets.values()].find(({ sites }) => sites.some(({ id }) => id === siteId.toString()));
    invariant(market !== undefined, 'a site belongs to a market');
    return market;
  };
  return {
    lockMarket: (_, marketId) => database.statement(session, [marketLock(marketId)], () => marketRecordOf(database.market(marketId))),
    setStatus: (marketId, status) => stage(() => (database.market(marketId).status = status)),
    listSites: (marketId) =>
      database.statement(session, [], () =>
        database.market(marketId).sites.map(({ id, ordinal, capacityMilli }) => {
          return { siteId: BigInt(id), marketId, ordinal, name: `site-${id}`, capacityMilli: capacityMilli as Milli[], location: null };
        }),
      ),
    findPeak: (marketId, cell, fromSlot) =>
      database.statement(session, [], () => {
        const used = [...database.market(marketId).usage].filter(([slot]) => slot >= fromSlot);
        const [peak] = used
          .map(([slot, { usedMilli }]) => ({ slot, usedMilli: usedMilli[cell] ?? 0 }))
          .sort((a, b) => b.usedMilli - a.usedMilli);
        return peak?.usedMilli > 0 ? peak : undefined;
      }),
    setCapacity: (siteId, capacityMilli) =>
      stage(() => {
        const market = siteMarket(siteId);
        market.sites = market.sites.map((site) => (site.id === siteId.toString() ? { ...site, capacityMilli } : site));
      }),
    setUsageCapacity: (marketId, fromSlot, capacityMilli) =>
      stage(() => {
        const { usage } = database.market(marketId);
        for (const [slot, { usedMilli }] of usage) if (slot >= fromSlot) usage.set(slot, { usedMilli, capacityMilli });
      }),
    appendEvent: async (marketId, event) => {
      await stage(() => append(database.market(marketId), event));
      return database.market(marketId).sequence + 1n;
    },
  };
}

function marketRecordOf({ marketId, operatorId, terms, clock, status, slot, sequence }: StoredMarket): MarketRecord {
  const { unitMicros, reserveMicros, chunkKb, bandwidthKb, ...rest } = terms;
  return {
    ...rest,
    marketId,
    organisationId: operatorId,
    name: `market-${marketId}`,
    clock,
    status,
    slot,
    sequence,
    slotMinutes: 1,
    chunkKb: Number(chunkKb) as Milli,
    bandwidthKb: Number(bandwidthKb) as Milli,
    unit: micros(unitMicros),
    reserve: micros(reserveMicros),
    openedAt: new Date(0),
  };
}
