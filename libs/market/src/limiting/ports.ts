/** How fast a key may go. */
export interface RateLimit {
  /** Tokens that a key gets each second. */
  readonly perSecond: number;
  /** Tokens that a key may have saved up; at least one. */
  readonly burst: number;
}

/** What a process asks of a key's bucket. Whole tokens. */
export interface LeaseRequest {
  readonly keyId: bigint;
  /** The most tokens that it takes with it. */
  readonly want: number;
  /** Tokens that it took before and did not use; below zero: what it spent beyond what it had. */
  readonly back: number;
}

/** What a bucket gave, and what it has left: below zero where more was spent than there was. */
export interface Lease {
  readonly granted: number;
  readonly left: number;
}

/** The buckets of all keys, one truth for all processes. A key that was never seen has a full one. */
export interface TokenBuckets {
  /**
   * Takes and gives back tokens; no two requests are for the same key.
   * @returns a lease for each, in the same order. Rejects where the buckets are not reached; then nothing is known to be taken.
   */
  lease(requests: readonly LeaseRequest[], limit: RateLimit): Promise<readonly Lease[]>;
}
