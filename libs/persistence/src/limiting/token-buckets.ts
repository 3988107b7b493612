import type { Lease, LeaseRequest, RateLimit, TokenBuckets } from '#market';
import { invariant } from '#units';
import type { Pool } from 'pg';
import { columnsOf } from '../hot/columns.js';

/**
 * lease-tokens: refills the buckets of keys by the database's clock, puts back what is given, takes out what is wanted and there.
 * Input:  keys, tokens wanted, tokens given back (below zero: owed); tokens a second, burst. Output: per key that has a bucket, what it got
 *         and what is left.
 * Events: none.
 * Retry:  safe; tokens that were taken and never heard of are lost to the key.
 */
const LEASE_TOKENS = `
  WITH asked AS (
    SELECT key_id, want, back, clock_timestamp() AS at FROM unnest($1::bigint[], $2::int[], $3::int[]) AS a(key_id, want, back)
  ), held AS (
    SELECT key_id, want, greatest(a.at, b.at) AS at,
      least($5::float8, b.tokens + greatest(0, extract(epoch FROM a.at - b.at)::float8) * $4::float8 + back) AS available
    FROM asked a JOIN rate_bucket b USING (key_id) ORDER BY key_id FOR NO KEY UPDATE OF b
  ), given AS (
    SELECT key_id, at, available, least(want, greatest(0, floor(available)))::int AS granted FROM held
  )
  UPDATE rate_bucket b SET tokens = g.available - g.granted, at = g.at FROM given g WHERE b.key_id = g.key_id
  RETURNING b.key_id, g.granted, b.tokens AS left`;

/**
 * add-buckets: full buckets for keys that have none.
 * Input:  keys, burst. Output: none.
 * Events: none.
 * Retry:  safe.
 */
const ADD_BUCKETS = `
  INSERT INTO rate_bucket (key_id, tokens, at) SELECT key_id, $2, clock_timestamp() FROM unnest($1::bigint[]) AS k(key_id) ORDER BY key_id
  ON CONFLICT DO NOTHING`;

type LeaseRow = Lease & { readonly key_id: bigint };

/** The buckets of all keys in Postgres: `lease-tokens`. They are not written to its log: after a crash of Postgres they are full. */
export function createTokenBuckets(pool: Pool): TokenBuckets {
  return {
    lease: async (requests, limit) => {
      const leases = await leaseTokens(pool, requests, limit);
      const unknown = requests.filter(({ bucketId }) => !leases.has(bucketId));
      if (unknown.length > 0) {
        await pool.query({ name: 'add-buckets', text: ADD_BUCKETS, values: [unknown.map(({ bucketId }) => bucketId), limit.burst] });
        for (const [bucketId, lease] of await leaseTokens(pool, unknown, limit)) leases.set(bucketId, lease);
      }
      return requests.map(({ bucketId }) => leaseOf(leases, bucketId));
    },
  };
}

async function leaseTokens(pool: Pool, requests: readonly LeaseRequest[], { perSecond, burst }: RateLimit): Promise<Map<bigint, Lease>> {
  const columns = columnsOf(
    requests,
    ({ bucketId }) => bucketId,
    ({ want }) => want,
    ({ back }) => back,
  );
  const { rows } = await pool.query<LeaseRow>({ name: 'lease-tokens', text: LEASE_TOKENS, values: [...columns, perSecond, burst] });
  return new Map(rows.map(({ key_id, granted, left }) => [key_id, { granted, left }]));
}

function leaseOf(leases: ReadonlyMap<bigint, Lease>, bucketId: bigint): Lease {
  const lease = leases.get(bucketId);
  invariant(lease !== undefined, 'every key has a bucket by now');
  return lease;
}
