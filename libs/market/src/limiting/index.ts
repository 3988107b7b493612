/** Rate limits of keys that hold over all processes. */
export { LimitRate, type RateOutcome, type RateStanding } from './limit-rate.js';
export type { Lease, LeaseRequest, RateLimit, TokenBuckets } from './ports.js';
