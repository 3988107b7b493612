import type { CatalogueReader, MarketRecord } from '../catalogue/index.js';
import type { Caller } from '../tenancy/index.js';
import { startOf } from './occurrences.js';
import type { WindowRecord, WindowsReader } from './window-ports.js';

/** Of so many days incidents are told. */
export const INCIDENT_DAYS = 7;
const MS_PER_DAY = 86_400_000;
/** More than a market may have. */
const SITES_MAX = 2_000;

/** What failed of a site in a day. */
export interface IncidentDay {
  /** Days since 1970, of the times of day of slots. */
  readonly day: number;
  /** Slots of that day in which an outage withdrew something. */
  readonly slots: number;
  /** Windows that did. */
  readonly windowIds: readonly bigint[];
}

/** What failed of a site in the last days: outages of itself and of its whole market. */
export interface SiteIncidents {
  readonly siteId: bigint;
  /** The latest last. */
  readonly days: readonly IncidentDay[];
  readonly outages: readonly WindowRecord[];
}

/** The incidents of a market's sites, where the caller is a member of it. */
export type IncidentsOutcome =
  { readonly kind: 'not_found' } | { readonly kind: 'incidents'; readonly slot: number; readonly sites: readonly SiteIncidents[] };

/** Tells what failed of each site in the last seven days, up to the current slot. */
export class ListIncidents {
  constructor(
    private readonly catalogue: Pick<CatalogueReader, 'findMarket' | 'listSites'>,
    private readonly windows: Pick<WindowsReader, 'outages'>,
  ) {}

  async run({ caller: { organisationId }, marketId }: { readonly caller: Caller; readonly marketId: bigint }): Promise<IncidentsOutcome> {
    const market = await this.catalogue.findMarket(organisationId, marketId);
    const found = market && (await this.catalogue.listSites(organisationId, marketId, { afterId: 0n, limit: SITES_MAX }));
    if (!market || !found) return { kind: 'not_found' };
    const days = daysOf(market);
    const outages = await this.windows.outages(organisationId, marketId, Math.max(0, days[0]?.from ?? 0), market.slot);
    const sites = found.sites.map(({ siteId }) => {
      const own = outages.filter((one) => one.scope === 'market' || one.siteId === siteId);
      return { siteId, days: days.map((day) => incidentsIn(day, own)), outages: own };
    });
    return { kind: 'incidents', slot: market.slot, sites };
  }
}

/** Slots of a day, up to the current one: `to` is the first after them. */
interface DaySlots {
  readonly day: number;
  readonly from: number;
  readonly to: number;
}

/** The last days of a market. A slot belongs to the day in which it begins. */
export function daysOf(market: Pick<MarketRecord, 'openedAt' | 'slotMinutes' | 'slot'>): DaySlots[] {
  const today = Math.floor(startOf(market, market.slot) / MS_PER_DAY);
  const slotMs = startOf(market, 1) - startOf(market, 0);
  const firstOf = (day: number): number => Math.max(0, Math.ceil((day * MS_PER_DAY - startOf(market, 0)) / slotMs));
  return Array.from({ length: INCIDENT_DAYS }, (_, index) => {
    const day = today - INCIDENT_DAYS + 1 + index;
    return { day, from: firstOf(day), to: Math.min(firstOf(day + 1), market.slot + 1) };
  });
}

/** What outages withdrew in a day: a slot counts once, however many did. */
export function incidentsIn(
  { day, from, to }: DaySlots,
  outages: readonly Pick<WindowRecord, 'windowId' | 'from' | 'to' | 'closedAt'>[],
): IncidentDay {
  const spans = outages
    .map((one) => ({ windowId: one.windowId, from: Math.max(from, one.from), to: Math.min(to, one.to ?? to, one.closedAt ?? to) }))
    .filter((span) => span.to > span.from)
    .sort((a, b) => a.from - b.from);
  let [slots, end] = [0, from];
  for (const span of spans) {
    slots += Math.max(0, span.to - Math.max(end, span.from));
    end = Math.max(end, span.to);
  }
  return { day, slots, windowIds: spans.map(({ windowId }) => windowId) };
}
