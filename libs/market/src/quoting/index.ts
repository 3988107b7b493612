/** Prices and quotes of the moment. */
export { BookReader } from './book-reader.js';
export { QuoteBid, type QuoteOutcome, type QuoteRequest, type QuoteWays } from './quote-bid.js';
export {
  ReadPrices,
  type PricesLimits,
  type PricesOutcome,
  type PricesPace,
  type PricesRequest,
  type ShowSlot,
  type SlotPrices,
} from './read-prices.js';
export type { BookSource, SeenMarket } from './ports.js';
