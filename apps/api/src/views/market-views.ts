import type { AnswerOf, BodyOf } from '#contracts';
import type { CreateMarketRequest, MarketRecord, MarketsOutcome, SitesOutcome, SiteView } from '#market';
import { formatMicros } from '#units';
import { cursorOf } from '../http/cursor.js';
import { microsOf } from './amount.js';

/** A market's terms as the use case takes them. */
export function termsOf({ prices: { gamma, unit, reserve }, ...rest }: BodyOf<'createMarket'>): Omit<CreateMarketRequest, 'caller'> {
  return { ...rest, gamma, unit: microsOf(unit), reserve: microsOf(reserve) };
}

export const marketView = (market: MarketRecord): AnswerOf<'getMarket'> => ({
  id: market.marketId.toString(),
  name: market.name,
  clock: market.clock,
  status: market.status,
  slotMinutes: market.slotMinutes,
  horizonSlots: market.horizonSlots,
  chunkMB: market.chunkKb / 1000,
  bandwidthMB: market.bandwidthKb / 1000,
  resources: [...market.resources],
  prices: { gamma: { ...market.gamma }, unit: formatMicros(market.unit), reserve: formatMicros(market.reserve) },
  oracle: market.oracle,
  slot: market.slot,
  sequence: market.sequence.toString(),
  openedAt: market.openedAt.toISOString(),
});

export const siteView = ({ siteId, marketId, ordinal, name, capacity, location }: SiteView): AnswerOf<'addSite'> => ({
  id: siteId.toString(),
  marketId: marketId.toString(),
  ordinal,
  name,
  capacity: { ...capacity },
  location: location && { ...location },
});

export const marketsView = ({ markets, nextId }: MarketsOutcome): AnswerOf<'listMarkets'> => ({
  items: markets.map(marketView),
  nextCursor: cursorOf(nextId),
});

export const sitesView = ({ sites, nextId }: Extract<SitesOutcome, { kind: 'page' }>): AnswerOf<'listSites'> => ({
  items: sites.map(siteView),
  nextCursor: cursorOf(nextId),
});
