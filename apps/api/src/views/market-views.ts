import type { AnswerOf, BodyOf } from '#contracts';
import type { CreateMarketRequest, MarketRecord, SiteView } from '#market';
import { formatMicros } from '#units';
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
