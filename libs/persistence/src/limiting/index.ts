/** Rate limits: the buckets of keys. */
export { createTokenBuckets } from './token-buckets.js';
