/** A market as stored, and its book. */
export { arrivalOf, openBook } from './market-state.js';
export type { MarketClock, MarketHead, MarketState, MarketStatus, OpenBook } from './market-state.js';
