/** What searches and series are read from: kept behind the log, and made again from it. */
export { createBidSearcher } from './bid-searcher.js';
export { createSeriesReader } from './series-reader.js';
export { createViewStore } from './view-store.js';
