/** Rate limits of keys, organisations and families that hold over all processes. */
export { LimitRate, type RateOutcome, type RateStanding } from './limit-rate.js';
export { bucketOf, type Lease, type LeaseRequest, type RateLimit, type TokenBuckets } from './ports.js';
