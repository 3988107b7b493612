/** Rounds over all markets, in which each fails by itself. */
export { type OnMarketFailed, Rests } from './rests.js';
export { rotate } from './rotate.js';
