import { type Series, type SeriesBucket, type SeriesRange, type SeriesReader } from '#market';
import type { Pool } from 'pg';
import { seeMarket } from '../reading/bid-reader.js';

/**
 * read-series: what happened in a market, bucket by bucket, as far as decisions were taken in.
 * Input:  market, unit, first and last (not included) minute or slot, how many a bucket. Output: a row for each bucket in which anything happened.
 * Events: none.
 * Retry:  safe; it reads.
 */
const READ = `
  WITH counted AS (
    SELECT $3::int + (at - $3::int) / $5::int * $5::int AS at, sum(received)::int AS received, sum(accepted)::int AS accepted, sum(refused)::int AS refused,
      sum(value_micros)::text AS value, sum(payment_micros)::text AS payment, sum(wait_ms)::float8 AS wait, max(wait_ms_max)::float8 AS wait_max
    FROM market_bucket WHERE market_id = $1 AND unit = $2 AND at >= $3 AND at < $4 GROUP BY 1
  ), waits AS (
    SELECT at, json_object_agg(bin, count) AS bins FROM (
      SELECT $3::int + (at - $3::int) / $5::int * $5::int AS at, bin, sum(count)::int AS count
      FROM market_wait WHERE market_id = $1 AND unit = $2 AND at >= $3 AND at < $4 GROUP BY 1, 2) b GROUP BY at
  ), prices AS (
    SELECT $3::int + (CASE WHEN $2 = 'slot' THEN s.slot ELSE floor(extract(epoch FROM s.at) / 60)::int END - $3::int) / $5::int * $5::int AS at,
      json_agg(s.figures ORDER BY s.sequence) AS figures
    FROM market_snapshot s WHERE s.market_id = $1 AND CASE WHEN $2 = 'slot' THEN s.slot >= $3 AND s.slot < $4
      ELSE s.at >= to_timestamp($3::float8 * 60) AND s.at < to_timestamp($4::float8 * 60) END GROUP BY 1
  )
  SELECT at, c.received, c.accepted, c.refused, c.value, c.payment, c.wait, c.wait_max, w.bins, p.figures
  FROM counted c FULL JOIN waits w USING (at) FULL JOIN prices p USING (at) ORDER BY at`;

/**
 * read-series-place: where a series begins and how far it was read.
 * Input:  market, first minute. Output: one row; bids that were received and not decided before that minute.
 * Events: none.
 * Retry:  safe; it reads.
 */
const PLACE = `
  SELECT m.sequence AS head, coalesce(p.sequence, 0) AS up_to,
    coalesce((SELECT sum(received) - sum(accepted) - sum(refused) FROM market_bucket WHERE market_id = $1 AND unit = 'minute' AND at < $2), 0)::int AS queued
  FROM market m LEFT JOIN view_progress p ON p.market_id = m.id WHERE m.id = $1`;

/**
 * read-waiting: bids that wait for their decision, by the minute in which they were received.
 * Input:  market. Output: rows.
 * Events: none.
 * Retry:  safe; it reads.
 */
const WAITING = `
  SELECT floor(extract(epoch FROM b.received_at) / 60)::int AS at, count(*)::int AS count
  FROM undecided_bid u JOIN bid b ON b.id = u.bid_id WHERE u.market_id = $1 GROUP BY 1`;

interface Figure {
  readonly resource: string;
  readonly usedMilli: number;
  readonly capacityMilli: number;
  readonly meanPrice: string;
}

interface BucketRow {
  readonly at: number;
  readonly received: number | null;
  readonly accepted: number | null;
  readonly refused: number | null;
  readonly value: string | null;
  readonly payment: string | null;
  readonly wait: number | null;
  readonly wait_max: number | null;
  readonly bins: Readonly<Record<string, number>> | null;
  readonly figures: readonly (readonly Figure[])[] | null;
}

/** Series of markets, over a pool. */
export const createSeriesReader = (pool: Pool): SeriesReader => ({
  read: async (viewer, marketId, range) => {
    const seen = await seeMarket(pool, viewer, marketId);
    return seen && readSeries(pool, marketId, range);
  },
});

async function readSeries(pool: Pool, marketId: bigint, range: SeriesRange): Promise<Series | undefined> {
  const { by, from, to, per } = range;
  const minutes = by === 'time';
  const { rows: places } = await pool.query<{ head: bigint; up_to: bigint; queued: number }>({
    name: 'read-series-place',
    text: PLACE,
    values: [marketId, minutes ? from : 0],
  });
  const place = places.at(0);
  if (!place) return undefined;
  const values = [marketId, minutes ? 'minute' : 'slot', from, to, per];
  const { rows } = await pool.query<BucketRow>({ name: 'read-series', text: READ, values });
  const told = new Map(rows.map((row) => [row.at, bucketOf(row)]));
  const buckets = Array.from(
    { length: Math.ceil((to - from) / per) },
    (_, index) => told.get(from + index * per) ?? emptyAt(from + index * per),
  );
  const waiting = minutes
    ? (await pool.query<{ at: number; count: number }>({ name: 'read-waiting', text: WAITING, values: [marketId] })).rows
    : [];
  return { buckets: minutes ? withQueue(buckets, { before: place.queued, waiting, per }) : buckets, upTo: place.up_to, head: place.head };
}

const emptyAt = (at: number): SeriesBucket => ({
  at,
  received: 0,
  accepted: 0,
  refused: 0,
  valueMicros: 0n,
  paymentMicros: 0n,
  prices: [],
});

function bucketOf(row: BucketRow): SeriesBucket {
  const [accepted, refused] = [row.accepted ?? 0, row.refused ?? 0];
  const decided = accepted + refused;
  return {
    at: row.at,
    received: row.received ?? 0,
    accepted,
    refused,
    valueMicros: BigInt(row.value ?? 0),
    paymentMicros: BigInt(row.payment ?? 0),
    ...(decided > 0 && {
      wait: {
        meanMs: (row.wait ?? 0) / decided,
        p50Ms: boundOf(row.bins ?? {}, 0.5),
        p99Ms: boundOf(row.bins ?? {}, 0.99),
        maxMs: row.wait_max ?? 0,
      },
    }),
    prices: meanFigures(row.figures ?? []),
  };
}

/** What that part of the waits was no longer than, ms: the end of the bin in which it lies. */
function boundOf(bins: Readonly<Record<string, number>>, part: number): number {
  const counts = Object.entries(bins).map(([bin, count]) => [Number(bin), count] as const);
  const all = counts.reduce((sum, [, count]) => sum + count, 0);
  let seen = 0;
  for (const [bin, count] of counts.sort(([a], [b]) => a - b)) {
    seen += count;
    if (seen >= part * all) return 2 ** bin;
  }
  return 0;
}

/** The mean of what the states of a bucket say. */
function meanFigures(states: readonly (readonly Figure[])[]): SeriesBucket['prices'] {
  const last = states.at(-1) ?? [];
  return last.map(({ resource }) => {
    const of = states.flatMap((figures) => figures.filter((each) => each.resource === resource));
    const shares = of.map(({ usedMilli, capacityMilli }) => (capacityMilli === 0 ? 0 : usedMilli / capacityMilli));
    const price = of.reduce((sum, { meanPrice }) => sum + BigInt(meanPrice), 0n) / BigInt(of.length);
    return { resource, soldShare: shares.reduce((sum, share) => sum + share, 0) / of.length, meanPrice: price };
  });
}

/** Adds to each bucket how many bids waited at its end. */
function withQueue(
  buckets: readonly SeriesBucket[],
  { before, waiting, per }: { readonly before: number; readonly waiting: readonly { at: number; count: number }[]; readonly per: number },
): SeriesBucket[] {
  let queued = before;
  return buckets.map((bucket) => {
    queued += bucket.received - bucket.accepted - bucket.refused;
    const until = (minute: number): number => waiting.reduce((sum, { at, count }) => sum + (at < minute ? count : 0), 0);
    const undecided = until(bucket.at + per);
    return { ...bucket, received: bucket.received + undecided - until(bucket.at), queued: queued + undecided };
  });
}
