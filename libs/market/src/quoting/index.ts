/** Prices and quotes of the moment. */
export { BookReader } from './book-reader.js';
export { QuoteBid, type QuoteOutcome, type QuoteRequest } from './quote-bid.js';
export { ReadPrices, type PricesOutcome, type PricesRequest } from './read-prices.js';
export type { BookSource } from './ports.js';
