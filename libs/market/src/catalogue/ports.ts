import type { LogEvent, MarketTerms } from '#log';
import type { Milli } from '#units';
import type { MarketClock, MarketStatus } from '../book/index.js';
import type { PageRange } from '../page.js';

/** A market as it is opened: all of it but its terms never changes. */
export interface NewMarket {
  readonly name: string;
  readonly clock: MarketClock;
  readonly slotMinutes: number;
  /** Slots on sale, from the current one on. */
  readonly horizonSlots: number;
  readonly chunkKb: Milli;
  /** For all traffic between sites, per slot. */
  readonly bandwidthKb: Milli;
  /** In their order. */
  readonly resources: readonly string[];
  /** By what its bids are decided. */
  readonly terms: MarketTerms;
}

/** A market as it is stored. */
export interface MarketRecord extends NewMarket {
  readonly marketId: bigint;
  /** The operator. */
  readonly organisationId: bigint;
  readonly status: MarketStatus;
  /** Where the market's clock stands. */
  readonly slot: number;
  /** The last number of the market's log. */
  readonly sequence: bigint;
  readonly openedAt: Date;
}

/** Where a site is, degrees. */
export interface Location {
  readonly latitude: number;
  readonly longitude: number;
}

/** A site as it is stored. */
export interface SiteRecord {
  readonly siteId: bigint;
  readonly marketId: bigint;
  /** Its index in the market's arrays. */
  readonly ordinal: number;
  readonly name: string;
  /** Per resource, in the market's resource order. */
  readonly capacityMilli: readonly Milli[];
  readonly location: Location | null;
}

/** A site that is to be stored. */
export interface NewSite {
  readonly marketId: bigint;
  readonly ordinal: number;
  readonly name: string;
  readonly capacityMilli: readonly Milli[];
  readonly location: Location | null;
}

/** What is sold of one resource of a site in the slot where most of it is. */
export interface Peak {
  readonly slot: number;
  readonly usedMilli: number;
}

/** A part of a market's sites, with the names of what they have. */
export interface SitesPage {
  /** In the order of the sites' capacities. */
  readonly resources: readonly string[];
  readonly sites: readonly SiteRecord[];
}

/** What is read of markets and sites, each as of one moment. */
export interface CatalogueReader {
  /** Markets that the organisation is a member of: its own and its operator's, by id. */
  listMarkets(organisationId: bigint, range: PageRange): Promise<readonly MarketRecord[]>;
  /** undefined where the organisation is no member of such a market. */
  findMarket(organisationId: bigint, marketId: bigint): Promise<MarketRecord | undefined>;
  /** By id, which is the order of their ordinals; undefined where the organisation is no member of such a market. */
  listSites(organisationId: bigint, marketId: bigint, range: PageRange): Promise<SitesPage | undefined>;
}

/** What the catalogue does in the database. */
export interface CatalogueTx {
  /** undefined where the operator already has a market of that name. */
  insertMarket(organisationId: bigint, market: NewMarket): Promise<MarketRecord | undefined>;
  /** An operator's own market, locked against all other writers of its log until the transaction ends. */
  lockMarket(organisationId: bigint, marketId: bigint): Promise<MarketRecord | undefined>;
  /** Whether a bid was decided since the market's clock moved last, or since it was opened. */
  hasDecidedInSlot(marketId: bigint): Promise<boolean>;
  /** Whether those are being dealt with whom a window has hit: until then a market stays what it is. */
  isBeingRepaired(marketId: bigint): Promise<boolean>;
  setStatus(marketId: bigint, status: MarketStatus): Promise<void>;
  setTerms(marketId: bigint, terms: MarketTerms): Promise<void>;
  /** By ordinal. */
  listSites(marketId: bigint): Promise<readonly SiteRecord[]>;
  /** undefined where the market already has a site of that name. */
  insertSite(site: NewSite): Promise<SiteRecord | undefined>;
  setCapacity(siteId: bigint, capacityMilli: readonly Milli[]): Promise<void>;
  /** The most that is sold of a cell (laid out as `slot_usage`) from a slot on; undefined where nothing is. */
  findPeak(marketId: bigint, cell: number, fromSlot: number): Promise<Peak | undefined>;
  /** Writes what there is of every cell beside what is sold, from a slot on. */
  setUsageCapacity(marketId: bigint, fromSlot: number, capacityMilli: readonly Milli[]): Promise<void>;
  /**
   * Takes the market's next sequence number for a change, and announces it.
   * @returns the market's sequence afterwards.
   */
  appendEvent(marketId: bigint, event: ChangeEvent): Promise<bigint>;
}

/** A change of a market that its operator makes. */
export type ChangeEvent = LogEvent<
  'market_opened' | 'terms_changed' | 'site_added' | 'capacity_changed' | 'status_changed' | 'window_opened' | 'window_closed'
>;
