/** How fast whoever has a bucket may go. */
export interface RateLimit {
  /** Tokens that it gets each second. */
  readonly perSecond: number;
  /** Tokens that it may have saved up; at least one. */
  readonly burst: number;
}

/** The buckets of keys have their ids; those of organisations and of families lie below zero, so that all are in one place. */
export const bucketOf = {
  key: (keyId: bigint): bigint => keyId,
  organisation: (organisationId: bigint): bigint => -2n * organisationId,
  family: (familyId: bigint): bigint => -2n * familyId - 1n,
} as const;

/** What a process asks of a bucket. Whole tokens. */
export interface LeaseRequest {
  readonly bucketId: bigint;
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

/** All buckets, one truth for all processes. One that was never seen is full. */
export interface TokenBuckets {
  /**
   * Takes and gives back tokens; no two requests are for the same bucket.
   * @returns a lease for each, in the same order. Rejects where the buckets are not reached; then nothing is known to be taken.
   */
  lease(requests: readonly LeaseRequest[], limit: RateLimit): Promise<readonly Lease[]>;
}
