import type { MarketHead, MarketNews, MarketRows, MarketState } from '#market';
import { EVENT_TYPES, movesPrices } from '#log';
import { windowsIn } from './after-sale.js';
import type { StoredMarket } from './database.js';

export const headOf = ({ marketId, sequence, status, clock, slot }: StoredMarket): MarketHead => ({
  marketId,
  sequence,
  status,
  clock,
  slot,
});

/** Everything that a market's book is made of. */
export function stateOf(market: StoredMarket): MarketState {
  const { terms, sites, slot } = market;
  const priced = market.events.findLast(({ event }) => movesPrices(event.kind));
  const usage = [...market.usage].filter(([at]) => at >= slot && at < slot + terms.horizonSlots);
  return {
    ...terms,
    operatorId: market.operatorId,
    head: headOf(market),
    sites,
    windows: windowsIn(market),
    priceVersion: priced?.sequence ?? 0n,
    usage: usage.map(([at, { usedMilli }]) => ({ slot: at, usedMilli })),
  };
}

export const rowsOf = ({ sites, usage, ...rest }: MarketState): MarketRows => ({
  ...rest,
  sitesText: JSON.stringify(sites),
  usageText: JSON.stringify(usage),
});

/** Slots in which nothing was sold since are told too: that changes nothing. */
export function newsOf(market: StoredMarket, since: bigint): MarketNews | undefined {
  const news = market.events.filter(({ sequence }) => sequence > since);
  if (news.some(({ event }) => EVENT_TYPES[event.kind].prices === 'rebuilt')) return undefined;
  const priced = news.findLast(({ event }) => movesPrices(event.kind));
  const { head, usage } = stateOf(market);
  const isReleveled = news.some(({ event }) => EVENT_TYPES[event.kind].prices === 'releveled');
  return { head, usage, priceVersion: priced?.sequence, ...(isReleveled && { terms: market.terms.terms }) };
}
