import type { BidInbox, InboxAnswer, NewBid } from '#market';
import { invariant } from '#units';
import type { Pool } from 'pg';
import { intArray, jsonArray, textArray } from './columns.js';
import { IS_MEMBER } from '../tenancy/membership.js';

/**
 * insert-bids: stores bids, in one statement that is its own transaction; their backlog rows follow by a trigger.
 * Input:  markets, organisations, keys, labels; hashes one after the other, each of 32 bytes; bodies as one JSON array (as texts they would be
 *         quoted, and unquoted again); the keys that they were placed with; no two with the same organisation and idempotency key.
 * Output: per bid, in order: the id stored now, or the row that had the key before; the market's status (null: not one of theirs).
 * Events: none.
 * Retry:  safe; the key makes a second run find the first one's rows.
 */
const INSERT_BIDS = `
  WITH incoming AS (
    SELECT i.*, substring($5::bytea FROM 32 * place::int - 31 FOR 32) AS hash, m.status
    FROM ROWS FROM (unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $7::bigint[]), json_array_elements($6::json))
      WITH ORDINALITY AS i(market_id, organisation_id, key, label, key_id, body, place)
    LEFT JOIN organisation o ON o.id = i.organisation_id
    LEFT JOIN market m ON m.id = i.market_id AND ${IS_MEMBER}
  ), fresh AS (
    INSERT INTO bid (market_id, organisation_id, idempotency_key, request_hash, label, body, key_id)
    SELECT market_id, organisation_id, key, hash, label, body, key_id FROM incoming WHERE status = 'open' ORDER BY place
    ON CONFLICT (organisation_id, idempotency_key) DO NOTHING
    RETURNING id, organisation_id, idempotency_key
  )
  SELECT i.status, f.id AS fresh_id, s.id AS stored_id, s.market_id = i.market_id AND s.request_hash = i.hash AS same
  FROM incoming i
  LEFT JOIN fresh f ON f.organisation_id = i.organisation_id AND f.idempotency_key = i.key
  LEFT JOIN LATERAL (
    SELECT b.id, b.market_id, b.request_hash FROM bid b
    WHERE f.id IS NULL AND b.organisation_id = i.organisation_id AND b.idempotency_key = i.key LIMIT 1
  ) AS s ON true
  ORDER BY i.place`;

const HASH_BYTES = 32;

interface InsertedRow {
  readonly status: 'open' | 'paused' | 'closed' | null;
  readonly fresh_id: bigint | null;
  readonly stored_id: bigint | null;
  readonly same: boolean | null;
}

/** How often a bid whose key another connection is storing at this moment is asked about again. */
const RACES_MAX = 3;

/** Stores bids over a pool: `insert-bids`. */
export function createBidInbox(pool: Pool): BidInbox {
  const insert = async (bids: readonly NewBid[], racesLeft: number): Promise<InboxAnswer[]> => {
    const rows = await insertBids(pool, bids);
    const answers = rows.map(answerOf);
    const raced = bids.filter((_, index) => answers[index] === undefined);
    if (raced.length === 0) return answers as InboxAnswer[];
    invariant(racesLeft > 0, 'a key that conflicts is stored');
    const later = await insert(raced, racesLeft - 1); // the other connection's row is visible to a new statement
    return answers.map((answer) => answer ?? (later.shift() as InboxAnswer));
  };
  return { insert: (bids) => insert(bids, RACES_MAX) };
}

async function insertBids(pool: Pool, bids: readonly NewBid[]): Promise<InsertedRow[]> {
  const values = [
    intArray(bids.map(({ marketId }) => marketId)),
    intArray(bids.map(({ organisationId }) => organisationId)),
    textArray(bids.map(({ idempotencyKey }) => idempotencyKey)),
    textArray(bids.map(({ label }) => label)),
    Buffer.concat(bids.map(hashOf)),
    jsonArray(bids.map(({ body }) => body)),
    `{${bids.map(({ keyId }) => keyId ?? 'NULL').join(',')}}`,
  ];
  const { rows } = await pool.query<InsertedRow>({ name: 'insert-bids', text: INSERT_BIDS, values });
  invariant(rows.length === bids.length, 'one row per bid');
  return rows;
}

function hashOf({ requestHash }: NewBid): Uint8Array {
  invariant(requestHash.length === HASH_BYTES, 'a request is known by its SHA-256');
  return requestHash;
}

/** @returns undefined where another connection stored the key while this statement ran. */
function answerOf(row: InsertedRow): InboxAnswer | undefined {
  if (row.stored_id !== null) return row.same ? { kind: 'queued', bidId: row.stored_id, replayed: true } : { kind: 'key_reused' };
  if (row.fresh_id !== null) return { kind: 'queued', bidId: row.fresh_id, replayed: false };
  if (row.status === null) return { kind: 'market_unknown' };
  if (row.status === 'closed') return { kind: 'market_closed' };
  if (row.status === 'paused') return { kind: 'market_paused' };
  return undefined;
}
