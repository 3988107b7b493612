import type { CatalogueTx, MarketRecord, SiteRecord, UnitOfWork } from '#market';
import { invariant, type Milli } from '#units';
import type { Database, Session, StoredMarket } from './database.js';
import { isBeingRepaired, stockIn } from './after-sale.js';
import { marketLock } from './accounts.js';
import { append, ownedMarket } from './ports.js';
import { siteId } from './scene.js';
import type { Process } from './scheduler.js';

/** The part of the catalogue that changes a market which is open. */
export function catalogueOf(database: Database, process: Process): UnitOfWork<CatalogueTx> {
  const run = <T>(work: (tx: CatalogueTx) => Promise<T>): Promise<T> =>
    database.transaction(process, Infinity, (session) => work(catalogueTx(database, session) as CatalogueTx));
  return { transaction: run, read: run };
}

export function catalogueTx(database: Database, session: Session): Partial<CatalogueTx> {
  const stage = (effect: () => void): Promise<void> => database.statement(session, [], () => void session.staged.push(effect));
  const siteMarket = (siteId: bigint): StoredMarket => {
    const market = [...database.markets.values()].find(({ sites }) => sites.some(({ id }) => id === siteId.toString()));
    invariant(market !== undefined, 'a site belongs to a market');
    return market;
  };
  return {
    lockMarket: (organisationId, marketId) =>
      database.statement(session, [marketLock(marketId)], () => {
        const market = ownedMarket(database, marketId, organisationId);
        return market && marketRecordOf(market);
      }),
    isBeingRepaired: (marketId) => database.statement(session, [], () => isBeingRepaired(database.market(marketId))),
    setStatus: (marketId, status) => stage(() => (database.market(marketId).status = status)),
    setTerms: (marketId, terms) => stage(() => (database.market(marketId).terms = { ...database.market(marketId).terms, terms })),
    listSites: (marketId) =>
      database.statement(session, [], () => {
        const market = database.market(marketId);
        return market.sites.map((site) => siteRecordOf(market, site));
      }),
    insertSite: ({ marketId, ordinal, name, capacityMilli }) =>
      database.statement(session, [], () => {
        const market = database.market(marketId);
        if (market.sites.some((site) => siteName(market, site) === name)) return undefined;
        const site = { id: siteId(marketId, ordinal), ordinal, capacityMilli };
        session.staged.push(
          () => (market.sites = [...market.sites, site]),
          () => market.siteNames.set(site.id, name),
        );
        return { ...siteRecordOf(market, site), name };
      }),
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
        for (const [slot, { usedMilli }] of usage)
          if (slot >= fromSlot)
            usage.set(slot, { usedMilli, capacityMilli: stockIn(database.market(marketId), slot, { usedMilli, capacityMilli }) });
      }),
    appendEvent: async (marketId, event) => {
      await stage(() => append(database.market(marketId), event));
      return database.market(marketId).sequence + 1n;
    },
  };
}

type StoredSite = StoredMarket['sites'][number];

const siteName = ({ siteNames }: StoredMarket, { id }: StoredSite): string => siteNames.get(id) ?? `site-${id}`;

const siteRecordOf = (market: StoredMarket, site: StoredSite): SiteRecord => ({
  siteId: BigInt(site.id),
  marketId: market.marketId,
  ordinal: site.ordinal,
  name: siteName(market, site),
  capacityMilli: site.capacityMilli as Milli[],
  location: null,
});

function marketRecordOf({ marketId, operatorId, terms, clock, status, slot, sequence }: StoredMarket): MarketRecord {
  const { chunkKb, bandwidthKb, ...rest } = terms;
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
    openedAt: new Date(0),
  };
}
