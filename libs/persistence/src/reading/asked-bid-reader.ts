import type { BidBody } from '#kinds';
import { type AskedBidReader, type BidReader, seesAll } from '#market';
import type { Pool } from 'pg';
import { VISIBLE } from './bid-reader.js';

/**
 * find-bid-body: the body of a bid, and what its bidder's wallet holds.
 * Input:  viewer, bid. Output: at most one row.
 * Events: none.
 * Retry:  safe; it reads.
 */
const FIND_BODY = `
  SELECT b.body, a.balance_micros FROM bid b JOIN market m ON m.id = b.market_id
  JOIN account a ON a.organisation_id = b.organisation_id AND a.kind = 'wallet' WHERE ${VISIBLE} AND b.id = $3`;

interface Row {
  readonly body: BidBody;
  readonly balance_micros: bigint;
}

/** Bids that are asked about, over a pool. */
export function createAskedBidReader(pool: Pool, bids: Pick<BidReader, 'find'>): AskedBidReader {
  return {
    find: async (viewer, bidId) => {
      const bid = await bids.find(viewer, bidId);
      if (!bid) return undefined;
      const values = [viewer.organisationId, seesAll(viewer), bidId];
      const { rows } = await pool.query<Row>({ name: 'find-bid-body', text: FIND_BODY, values });
      const [row] = rows;
      return row && { bid, body: row.body, fundsMicros: row.balance_micros };
    },
  };
}
