/** Markets and sites: what is sold, and on which terms. */
export { ChangeMarket, CreateMarket, GetMarket, ListMarkets } from './markets.js';
export type {
  ChangeMarketOutcome,
  ChangeMarketRequest,
  CreateMarketOutcome,
  CreateMarketRequest,
  MarketOutcome,
  MarketsOutcome,
} from './markets.js';
export { AddSite, ChangeCapacity, ListSites, SITES_MAX } from './sites.js';
export type { AddSiteOutcome, AddSiteRequest, ChangeCapacityOutcome, ChangeCapacityRequest, SitesOutcome, SiteView } from './sites.js';
export { capacityCells, type Quantities } from './capacity.js';
export type {
  CatalogueReader,
  CatalogueTx,
  ChangeEvent,
  Location,
  MarketRecord,
  NewMarket,
  NewSite,
  Peak,
  SiteRecord,
  SitesPage,
} from './ports.js';
