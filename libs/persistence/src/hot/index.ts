/** The hot path: accepting, deciding, clocks and prices, by set-based statements over `pg`. */
export { createBidInbox } from './inbox.js';
export { createBookSource } from './book-source.js';
export { createClockStore } from './clock-store.js';
export { createDecidingStore } from './deciding-store.js';
export { holdMarket } from './hold-market.js';
export { findWaitingMarkets } from './sweep.js';
export { createUndecidedBids } from './undecided-bids.js';
export { inTransaction } from './transaction.js';
