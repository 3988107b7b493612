import type { LaggingMarket, ViewStore } from '#market';
import type { Pool } from 'pg';
import { inTransaction } from '../hot/index.js';

/** Waits are counted by powers of two of milliseconds: bin n holds those of 2^(n-1) to 2^n, the first those below 1 ms, the last all longer ones. */
export const WAIT_BINS = 32;

/** Where each bin but the first begins, ms. Looked up: logarithms of numerics were two fifths of what taking decisions in cost. */
const BIN_STARTS_MS = Array.from({ length: WAIT_BINS - 1 }, (_, bin) => 2 ** bin).join(',');

/**
 * begin-views: markets that are new get a place to go on from.
 * Input:  none. Output: none.
 * Events: none.
 * Retry:  safe.
 */
const BEGIN = `
  INSERT INTO view_progress (market_id, sequence)
  SELECT m.id, 0 FROM market m WHERE NOT EXISTS (SELECT FROM view_progress p WHERE p.market_id = m.id) ON CONFLICT DO NOTHING`;

/**
 * list-lagging-markets: markets whose logs go on beyond what was taken in.
 * Input:  none. Output: rows.
 * Events: none.
 * Retry:  safe; it reads.
 */
const LAGGING = `
  SELECT m.id, m.sequence - p.sequence AS entries FROM market m JOIN view_progress p ON p.market_id = m.id
  WHERE m.sequence > p.sequence ORDER BY m.id`;

/**
 * take-in-decisions: the next decisions of a market become rows to be searched, and are counted by minute and by slot. All of it in one statement: what
 * was taken in is there once, whoever takes it in.
 * Input:  market, how many at most. Output: one row with their number; no row where another process is at it.
 * Events: none.
 * Retry:  safe.
 */
const TAKE_IN = `
  WITH place AS (
    SELECT p.market_id, p.sequence, m.sequence AS head FROM view_progress p JOIN market m ON m.id = p.market_id
    WHERE p.market_id = $1 FOR UPDATE OF p SKIP LOCKED
  ), page AS (
    SELECT d.* FROM place p CROSS JOIN LATERAL (
      SELECT * FROM decision d WHERE d.market_id = p.market_id AND d.sequence > p.sequence ORDER BY d.sequence LIMIT $2) d
  ), decided AS (
    SELECT d.market_id, d.bid_id, d.sequence, b.organisation_id, b.label, d.outcome::text AS status, d.reason->>'code' AS reason, b.received_at,
      d.decided_at, d.arrival_slot, coalesce(d.value_micros, 0) AS value_micros, d.payment_micros,
      greatest(0, round(extract(epoch FROM d.decided_at - b.received_at) * 1000))::bigint AS wait_ms
    FROM page d JOIN bid b ON b.id = d.bid_id
  ), stored AS (
    INSERT INTO decided_bid (market_id, bid_id, sequence, organisation_id, label, status, reason, received_at, value_micros, payment_micros)
    SELECT market_id, bid_id, sequence, organisation_id, label, status, reason, received_at, value_micros, payment_micros FROM decided
    ON CONFLICT (market_id, bid_id) DO NOTHING
  ), counted AS (
    SELECT market_id, 'minute' AS unit, floor(extract(epoch FROM received_at) / 60)::int AS at, 1 AS received, 0 AS decided, NULL::text AS status,
      0::bigint AS value_micros, 0::bigint AS payment_micros, 0::bigint AS wait_ms FROM decided
    UNION ALL
    SELECT market_id, 'minute', floor(extract(epoch FROM decided_at) / 60)::int, 0, 1, status, value_micros, payment_micros, wait_ms FROM decided
    UNION ALL
    SELECT market_id, 'slot', arrival_slot, 1, 1, status, value_micros, payment_micros, wait_ms FROM decided
  ), buckets AS (
    INSERT INTO market_bucket AS m (market_id, unit, at, received, accepted, refused, value_micros, payment_micros, wait_ms, wait_ms_max)
    SELECT market_id, unit, at, sum(received), count(*) FILTER (WHERE status = 'accepted'), count(*) FILTER (WHERE status = 'refused'),
      sum(value_micros), sum(payment_micros), sum(wait_ms), max(wait_ms)
    FROM counted GROUP BY market_id, unit, at ORDER BY market_id, unit, at
    ON CONFLICT (market_id, unit, at) DO UPDATE SET
      received = m.received + excluded.received, accepted = m.accepted + excluded.accepted, refused = m.refused + excluded.refused,
      value_micros = m.value_micros + excluded.value_micros, payment_micros = m.payment_micros + excluded.payment_micros,
      wait_ms = m.wait_ms + excluded.wait_ms, wait_ms_max = greatest(m.wait_ms_max, excluded.wait_ms_max)
  ), waits AS (
    INSERT INTO market_wait AS m (market_id, unit, at, bin, count)
    SELECT market_id, unit, at, bin, count(*) FROM (
      SELECT market_id, unit, at, width_bucket(wait_ms, ARRAY[${BIN_STARTS_MS}]::bigint[]) AS bin
      FROM counted WHERE decided = 1) b
    GROUP BY market_id, unit, at, bin ORDER BY market_id, unit, at, bin
    ON CONFLICT (market_id, unit, at, bin) DO UPDATE SET count = m.count + excluded.count
  ), done AS (SELECT count(*)::int AS count, max(sequence) AS last FROM page)
  UPDATE view_progress p SET sequence = CASE WHEN done.count < $2 THEN place.head ELSE done.last END
  FROM place, done WHERE p.market_id = place.market_id RETURNING done.count`;

/** What is kept of markets. */
const KEPT = ['decided_bid', 'market_bucket', 'market_wait'] as const;

/**
 * forget-views: nothing of one market, or of all, is taken in any longer.
 * Input:  market or null. Output: none.
 * Events: none.
 * Retry:  safe; it is taken in anew from the log.
 */
const FORGET = [
  `UPDATE view_progress SET sequence = 0 WHERE $1::bigint IS NULL OR market_id = $1`,
  ...KEPT.map((table) => `DELETE FROM ${table} WHERE $1::bigint IS NULL OR market_id = $1`),
];

/** Takes decisions in, over a pool. */
export const createViewStore = (pool: Pool): ViewStore => ({
  lagging: async () => {
    await pool.query({ name: 'begin-views', text: BEGIN });
    const { rows } = await pool.query<{ id: bigint; entries: bigint }>({ name: 'list-lagging-markets', text: LAGGING });
    return rows.map(({ id, entries }): LaggingMarket => ({ marketId: id, entries }));
  },
  takeIn: async (marketId, most) => {
    const { rows } = await pool.query<{ count: number }>({ name: 'take-in-decisions', text: TAKE_IN, values: [marketId, most] });
    return rows.at(0)?.count ?? 0;
  },
  forget: (marketId) =>
    inTransaction(pool, async (client) => {
      for (const text of FORGET) await client.query(text, [marketId ?? null]);
    }),
});
