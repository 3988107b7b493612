/** A market as stored, and its book. */
export { BookCache } from './book-cache.js';
export { arrivalOf, catchUp, openBook, openSlots, stateOf } from './market-state.js';
export { newestTerms } from './newest-terms.js';
export type { MarketClock, MarketHead, MarketNews, MarketRows, MarketState, MarketStatus, BookTerms, OpenBook } from './market-state.js';
