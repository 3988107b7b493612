/** Reads for the API: bids, allocations, the log, and the notification that a log has grown. */
export { createAskedBidReader } from './asked-bid-reader.js';
export { createBidContextReader } from './bid-context-reader.js';
export { createBidReader } from './bid-reader.js';
export { createEventReader } from './event-reader.js';
export { listenForChanges, type MarketChange, type MarketChanges } from './market-changes.js';
