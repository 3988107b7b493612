/** A market as stored, and its book. */
export { BookCache } from './book-cache.js';
export { type MadeOf, madeOfAfter, windowIn } from './made-of.js';
export { arrivalOf, catchUp, openBook, openSlots, specOf, stateOf, withdrawAgain } from './market-state.js';
export { type CapacityWindow, covers, leftOf, windowsIn, overlap, stockOf, type WindowScope } from './windows.js';
export { learntTerms, newestTerms, nextTerms } from './terms.js';
export type {
  MarketClock,
  MarketHead,
  MarketNews,
  MarketRows,
  MarketState,
  MarketStatus,
  BookTerms,
  OpenBook,
  SlotUsage,
} from './market-state.js';
