import { type AnswerOf, type BodyOf, priceRuleOf, termsTold } from '#contracts';
import type { ChangeMarketRequest, CreateMarketRequest, MarketRecord, MarketsOutcome, SitesOutcome, SiteView } from '#market';
import { cursorOf } from '../http/cursor.js';

/** A market as the use case takes it. */
export const newMarketOf = ({ prices, ...rest }: BodyOf<'createMarket'>): Omit<CreateMarketRequest, 'caller'> => ({
  ...rest,
  prices: priceRuleOf(prices),
});

/** A change of a market as the use case takes it. */
export const marketChangeOf = ({ prices, ...rest }: BodyOf<'changeMarket'>): Omit<ChangeMarketRequest, 'caller' | 'marketId'> => ({
  ...rest,
  ...(prices && { prices: (before) => priceRuleOf(prices, before) }),
});

/** A market as the API tells it. */
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
  ...termsTold(market.terms),
  slot: market.slot,
  sequence: market.sequence.toString(),
  openedAt: market.openedAt.toISOString(),
});

/** A site as the API tells it. */
export const siteView = ({ siteId, marketId, ordinal, name, capacity, location }: SiteView): AnswerOf<'addSite'> => ({
  id: siteId.toString(),
  marketId: marketId.toString(),
  ordinal,
  name,
  capacity: { ...capacity },
  location: location && { ...location },
});

/** A page of markets as the API tells it. */
export const marketsView = ({ markets, nextId }: MarketsOutcome): AnswerOf<'listMarkets'> => ({
  items: markets.map(marketView),
  nextCursor: cursorOf(nextId),
});

/** A page of sites as the API tells it. */
export const sitesView = ({ sites, nextId }: Extract<SitesOutcome, { kind: 'page' }>): AnswerOf<'listSites'> => ({
  items: sites.map(siteView),
  nextCursor: cursorOf(nextId),
});
