import type { PayloadOf } from '#log';
import { firstCellOf, sizeFault } from '#mechanism';
import { at, formatMilli, invariant, type Milli } from '#units';
import type { BodyFault } from '#kinds';
import type { Caller } from '../tenancy/index.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { capacityCells, capacityFaults, capacityOf, type Quantities, unitsOf } from './capacity.js';
import { oneMore, pageOf, type PageRange } from '../page.js';
import type { CatalogueReader, CatalogueTx, Location, MarketRecord, SiteRecord } from './ports.js';

/** How many sites a market has at most: its arrays grow with sites times slots. */
export const SITES_MAX = 2_000;

/** A site with the units that it has of each resource. */
export interface SiteView extends SiteRecord {
  readonly capacity: Quantities;
}

/** A site that an operator adds. */
export interface AddSiteRequest {
  readonly caller: Caller;
  readonly marketId: bigint;
  readonly name: string;
  /** Units; a resource that is not named: none. */
  readonly capacity: Quantities;
  readonly location?: Location | undefined;
}

/** In order of precedence. */
export type AddSiteOutcome =
  | { readonly kind: 'not_found' }
  | { readonly kind: 'market_closed' }
  | { readonly kind: 'faults'; readonly faults: readonly BodyFault[] }
  | { readonly kind: 'repairs_under_way' }
  | { readonly kind: 'market_too_large'; readonly detail: string }
  | { readonly kind: 'name_taken' }
  | { readonly kind: 'added'; readonly site: SiteView };

/** Adds a site to a market of the caller's organisation; on sale from the current slot on. */
export class AddSite {
  constructor(private readonly work: UnitOfWork<CatalogueTx>) {}

  run(request: AddSiteRequest): Promise<AddSiteOutcome> {
    const { caller, marketId, name, capacity, location } = request;
    return this.work.transaction(async (tx) => {
      const market = await tx.lockMarket(caller.organisationId, marketId);
      if (!market) return { kind: 'not_found' };
      if (market.status === 'closed') return { kind: 'market_closed' };
      const sites = await tx.listSites(marketId);
      const faults = capacityFaults(capacity, market);
      if (sites.length >= SITES_MAX)
        faults.push({ path: '$', message: `would be site number ${SITES_MAX + 1}; a market has at most ${SITES_MAX}` });
      if (faults.length > 0) return { kind: 'faults', faults };
      if (await tx.isBeingRepaired(marketId)) return { kind: 'repairs_under_way' };
      const tooLarge = sizeFault({ sites: sites.length + 1, slots: market.horizonSlots, resources: market.resources.length });
      if (tooLarge !== undefined) return { kind: 'market_too_large', detail: tooLarge };
      const site = await tx.insertSite({
        marketId,
        ordinal: sites.length,
        name,
        capacityMilli: capacityOf(capacity, market),
        location: location ?? null,
      });
      if (!site) return { kind: 'name_taken' };
      await tx.setUsageCapacity(marketId, market.slot, capacityCells(market, [...sites, site]));
      await tx.appendEvent(marketId, { kind: 'site_added', payload: siteNow(market, site) });
      return { kind: 'added', site: viewOf(market, site) };
    });
  }
}

/** A page of sites, where the caller is a member of their market. */
export type SitesOutcome =
  | {
      readonly kind: 'page';
      readonly sites: readonly SiteView[];
      /** The id to go on after; null on the last page. */
      readonly nextId: bigint | null;
    }
  | { readonly kind: 'not_found' };

/** The sites of a market that the caller is a member of, in order of their ordinals. */
export class ListSites {
  constructor(private readonly reader: CatalogueReader) {}

  async run({ caller, marketId, ...range }: PageRange & { readonly caller: Caller; readonly marketId: bigint }): Promise<SitesOutcome> {
    const found = await this.reader.listSites(caller.organisationId, marketId, oneMore(range));
    if (!found) return { kind: 'not_found' };
    const { rows, nextId } = pageOf(found.sites, range, ({ siteId }) => siteId);
    return { kind: 'page', sites: rows.map((site) => viewOf(found, site)), nextId };
  }
}

/** A change of what a site has. */
export interface ChangeCapacityRequest {
  readonly caller: Caller;
  readonly marketId: bigint;
  readonly siteId: bigint;
  /** Units; a resource that is not named keeps what it has. */
  readonly capacity: Quantities;
}

/** In order of precedence. */
export type ChangeCapacityOutcome =
  | { readonly kind: 'not_found' }
  | { readonly kind: 'market_closed' }
  | { readonly kind: 'faults'; readonly faults: readonly BodyFault[] }
  | { readonly kind: 'repairs_under_way' }
  | {
      readonly kind: 'capacity_sold';
      readonly detail: string;
      /** As it is. */
      readonly site: SiteView;
      /** Units by which resources would be lowered, and the names of those that would be raised. */
      readonly lowered: Quantities;
      readonly raised: readonly string[];
    }
  | { readonly kind: 'changed'; readonly site: SiteView };

/** Changes what a site has, from the current slot on; never below what is sold of any such slot. */
export class ChangeCapacity {
  constructor(private readonly work: UnitOfWork<CatalogueTx>) {}

  run({ caller, marketId, siteId, capacity }: ChangeCapacityRequest): Promise<ChangeCapacityOutcome> {
    return this.work.transaction(async (tx) => {
      const market = await tx.lockMarket(caller.organisationId, marketId);
      const sites = market ? await tx.listSites(marketId) : [];
      const before = sites.find((site) => site.siteId === siteId);
      if (!market || !before) return { kind: 'not_found' };
      if (market.status === 'closed') return { kind: 'market_closed' };
      const faults = capacityFaults(capacity, market);
      if (faults.length > 0) return { kind: 'faults', faults };
      if (await tx.isBeingRepaired(marketId)) return { kind: 'repairs_under_way' };
      const site = { ...before, capacityMilli: capacityOf(capacity, market, before.capacityMilli) };
      const sold = await findSold(tx, { market, before, after: site.capacityMilli });
      if (sold !== undefined)
        return { kind: 'capacity_sold', detail: sold, site: viewOf(market, before), ...stepsOf(market, before, site) };
      return { kind: 'changed', site: await applyCapacity(tx, { market, sites, site }) };
    });
  }
}

/** By how much a site is lowered of each resource, and of which it is raised. */
function stepsOf(
  { resources }: MarketRecord,
  before: SiteRecord,
  after: SiteRecord,
): { readonly lowered: Quantities; readonly raised: readonly string[] } {
  const steps = resources.map((name, index) => [name, (at(before.capacityMilli, index) - at(after.capacityMilli, index)) / 1000] as const);
  return {
    lowered: Object.fromEntries(steps.filter(([, by]) => by > 0)),
    raised: steps.filter(([, by]) => by < 0).map(([name]) => name),
  };
}

interface Change {
  readonly market: MarketRecord;
  readonly before: SiteRecord;
  readonly after: readonly Milli[];
}

/** @returns what stands against lowering, in words, or undefined. */
async function findSold(tx: CatalogueTx, { market, before, after }: Change): Promise<string | undefined> {
  for (const [index, name] of market.resources.entries()) {
    if (at(after, index) >= at(before.capacityMilli, index)) continue;
    const peak = await tx.findPeak(market.marketId, firstCellOf(before.ordinal, market.resources.length) + index, market.slot);
    if (peak && peak.usedMilli > at(after, index)) {
      return `${formatMilli(peak.usedMilli)} ${name} of ${before.name} are sold in slot ${peak.slot}; ${formatMilli(at(after, index))} would not do.`;
    }
  }
  return undefined;
}

async function applyCapacity(
  tx: CatalogueTx,
  { market, sites, site }: { market: MarketRecord; sites: readonly SiteRecord[]; site: SiteRecord },
): Promise<SiteView> {
  const cells = capacityCells(
    market,
    sites.map((each) => (each.siteId === site.siteId ? site : each)),
  );
  invariant(cells.length === 1 + sites.length * market.resources.length, 'every site has a capacity of every resource');
  await tx.setCapacity(site.siteId, site.capacityMilli);
  await tx.setUsageCapacity(market.marketId, market.slot, cells);
  await tx.appendEvent(market.marketId, { kind: 'capacity_changed', payload: siteNow(market, site) });
  return viewOf(market, site);
}

const viewOf = (market: Pick<MarketRecord, 'resources'>, site: SiteRecord): SiteView => ({
  ...site,
  capacity: unitsOf(market, site.capacityMilli),
});

const siteNow = ({ resources }: MarketRecord, { siteId, name, capacityMilli }: SiteRecord): PayloadOf<'site_added'> => ({
  siteId,
  name,
  capacityMilli: Object.fromEntries(resources.map((resource, index) => [resource, at(capacityMilli, index)])),
});
