import type { InboxAnswer, NewBid, UndecidedBids } from '#market';
import type { Pool } from 'pg';
import { at } from '#units';
import { StatementBatcher } from '../postgres/statement-batcher.js';
import { intArray, textArray } from './columns.js';

/**
 * count-undecided: how many bids of a bidder are undecided in a market, counted no further than need be.
 * Input:  market, organisation, the most that is of interest. Output: one row.
 * Events: none.
 * Retry:  safe; it reads.
 */
const COUNT_UNDECIDED = `
  SELECT count(*)::int AS count FROM (SELECT FROM undecided_bid WHERE market_id = $1 AND organisation_id = $2 ORDER BY bid_id LIMIT $3) AS u`;

/**
 * find-keyed-bids: bids by their keys.
 * Input:  organisations, keys. Output: per key that is used, its place in the input and what is known of the bid.
 * Events: none.
 * Retry:  safe; it reads.
 */
const FIND_KEYED = `
  SELECT a.place::int - 1 AS place, b.id, b.market_id, b.request_hash
  FROM unnest($1::bigint[], $2::text[]) WITH ORDINALITY AS a(organisation_id, key, place)
  JOIN bid b ON b.organisation_id = a.organisation_id AND b.idempotency_key = a.key`;

interface KeyedRow {
  readonly place: number;
  readonly id: bigint;
  readonly market_id: bigint;
  readonly request_hash: Buffer;
}

/** Keys that one statement looks up. */
const KEYS_MAX = 512;

/** What bidders have undecided, along the index of the backlog, and had stored before, over a pool. */
export function createUndecidedBids(pool: Pool): UndecidedBids {
  const keyed = new StatementBatcher<NewBid, InboxAnswer | undefined>((bids) => findKeyed(pool, bids), KEYS_MAX);
  return {
    count: async ({ marketId, organisationId }, max) => {
      const query = { name: 'count-undecided', text: COUNT_UNDECIDED, values: [marketId, organisationId, max] };
      return at((await pool.query<{ count: number }>(query)).rows, 0).count;
    },
    answerOf: (newBid) => keyed.ask(newBid),
  };
}

async function findKeyed(pool: Pool, bids: readonly NewBid[]): Promise<(InboxAnswer | undefined)[]> {
  const values = [intArray(bids.map(({ organisationId }) => organisationId)), textArray(bids.map(({ idempotencyKey }) => idempotencyKey))];
  const { rows } = await pool.query<KeyedRow>({ name: 'find-keyed-bids', text: FIND_KEYED, values });
  const found = new Map(rows.map((row) => [row.place, row]));
  return bids.map((bid, index) => answerTo(bid, found.get(index)));
}

function answerTo({ marketId, requestHash }: NewBid, row: KeyedRow | undefined): InboxAnswer | undefined {
  if (!row) return undefined;
  const isSame = row.market_id === marketId && row.request_hash.equals(requestHash);
  return isSame ? { kind: 'queued', bidId: row.id, replayed: true } : { kind: 'key_reused' };
}
