/** Prices and quotes of the moment. */
export { BookReader } from './book-reader.js';
export { ExplainBid, type ExplainOutcome, type ExplainRequest, type ToldChange } from './explain-bid.js';
export { type ExplainedPayment, ExplainPayment, type PaymentRequest, type PostingReader, type PricedLine } from './explain-payment.js';
export type { QuoteWays } from './on-book.js';
export { QuoteBid, type QuoteOutcome, type QuoteRequest } from './quote-bid.js';
export {
  ReadPrices,
  type PricesLimits,
  type PricesOutcome,
  type PricesPace,
  type PricesRequest,
  type ShowSlot,
  type SlotPrices,
} from './read-prices.js';
export type { ToldBudget } from './budget-caps.js';
export type { AskedBid, AskedBidReader, BookSource, BudgetsReader, SeenMarket } from './ports.js';
