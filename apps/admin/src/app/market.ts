import { createContext, useContext } from 'react';
import type { AnswerOf } from '#sdk';

/** A market as the API tells it. */
export type Market = AnswerOf<'getMarket'>;

/** The market of the page. */
export const MarketContext = createContext<Market | undefined>(undefined);

/** The market of the page. @throws where the page is about none */
export function useMarket(): Market {
  const market = useContext(MarketContext);
  if (!market) throw new Error('this part belongs to the pages of a market');
  return market;
}
