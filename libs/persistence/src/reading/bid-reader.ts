import { refusal } from '#log';
import { type BidFilter, type BidReader, type BidRecord, seesAll, type Viewer } from '#market';
import type { Pool } from 'pg';
import { at } from '#units';
import { IS_MEMBER } from '../tenancy/membership.js';

/** The columns of a BidRow, of `bid b` and `decision d`. */
export const BID_COLUMNS = `b.id, b.market_id, b.organisation_id, b.label, b.received_at, d.sequence, d.price_version, d.outcome, d.arrival_slot,
  d.completion, d.value_micros, d.payment_micros, d.reason, d.decided_at`;
/** Of the bids of markets: $1 the viewer's organisation, $2 whether it oversees its markets. */
export const VISIBLE = `(b.organisation_id = $1 OR ($2 AND m.organisation_id = $1))`;
const FROM = `FROM bid b JOIN market m ON m.id = b.market_id LEFT JOIN decision d ON d.bid_id = b.id`;

/**
 * find-bid: a bid with its decision.
 * Input:  viewer, bid. Output: at most one row.
 * Events: none.
 * Retry:  safe; it reads.
 */
const FIND = `SELECT ${BID_COLUMNS} ${FROM} WHERE ${VISIBLE} AND b.id = $3`;

/**
 * list-bids: bids of a market by id, those of one organisation or all.
 * Input:  viewer, market, id to go on after, limit, then label and status where given. Output: rows, ids ascending.
 * Events: none.
 * Retry:  safe; it reads.
 */
function listText(filter: BidFilter, oversees: boolean): string {
  const status = { queued: 'AND d.bid_id IS NULL', accepted: "AND d.outcome = 'accepted'", refused: "AND d.outcome = 'refused'" };
  return `SELECT ${BID_COLUMNS} ${FROM} WHERE b.market_id = $3 AND b.id > $4 ${oversees ? '' : 'AND b.organisation_id = $1'} AND ${VISIBLE}
    ${filter.label === undefined ? '' : 'AND b.label = $6'} ${filter.status === undefined ? '' : status[filter.status]} ORDER BY b.id LIMIT $5`;
}

/**
 * see-market: does the viewer see the market, and does it belong to the viewer?
 * Input:  organisation, market. Output: at most one row.
 * Events: none.
 * Retry:  safe; it reads.
 */
const SEE_MARKET = `SELECT m.organisation_id = $1 AS own FROM market m JOIN organisation o ON o.id = $1 WHERE m.id = $2 AND ${IS_MEMBER}`;

/**
 * decided-among: which of these bids are decided.
 * Input:  bids. Output: the decided ones.
 * Events: none.
 * Retry:  safe; it reads.
 */
const DECIDED_AMONG = `SELECT bid_id FROM decision WHERE bid_id = ANY($1::bigint[])`;

/** A bid's row as it is read. */
export interface BidRow {
  readonly id: bigint;
  readonly market_id: bigint;
  readonly organisation_id: bigint;
  readonly label: string | null;
  readonly received_at: Date;
  readonly sequence: bigint | null;
  readonly price_version: bigint;
  readonly outcome: 'accepted' | 'refused';
  readonly arrival_slot: number;
  readonly completion: number | null;
  readonly value_micros: bigint | null;
  readonly payment_micros: bigint;
  readonly reason: unknown;
  readonly decided_at: Date;
}

/** Bids as the API shows them, over a pool. */
export function createBidReader(pool: Pool): BidReader {
  return {
    find: async (viewer, bidId) => {
      const { rows } = await pool.query<BidRow>({ name: 'find-bid', text: FIND, values: [viewer.organisationId, seesAll(viewer), bidId] });
      return rows.length === 0 ? undefined : bidOf(at(rows, 0));
    },
    list: (viewer, marketId, filter) => list(pool, viewer, { marketId, filter }),
    decidedAmong: async (bidIds) => {
      const { rows } = await pool.query<{ bid_id: bigint }>({ name: 'decided-among', text: DECIDED_AMONG, values: [bidIds] });
      return rows.map((row) => row.bid_id);
    },
  };
}

/** Whether a viewer sees a market, and whether it sees all bids of it; undefined where it sees no such market. */
export async function seeMarket(pool: Pool, viewer: Viewer, marketId: bigint): Promise<{ readonly all: boolean } | undefined> {
  const values = [viewer.organisationId, marketId];
  const { rows } = await pool.query<{ own: boolean }>({ name: 'see-market', text: SEE_MARKET, values });
  return rows.length === 0 ? undefined : { all: seesAll(viewer) && at(rows, 0).own };
}

async function list(
  pool: Pool,
  viewer: Viewer,
  { marketId, filter }: { marketId: bigint; filter: BidFilter },
): Promise<BidRecord[] | undefined> {
  const seen = await seeMarket(pool, viewer, marketId);
  if (!seen) return undefined;
  const { all } = seen;
  const values = [
    viewer.organisationId,
    all,
    marketId,
    filter.afterId,
    filter.limit,
    ...(filter.label === undefined ? [] : [filter.label]),
  ];
  const { rows } = await pool.query<BidRow>(listText(filter, all), values);
  return rows.map(bidOf);
}

/** A bid out of its row. */
export function bidOf(row: BidRow): BidRecord {
  const { sequence } = row;
  const decision = sequence === null ? null : { ...decisionOf(row), sequence };
  return {
    bidId: row.id,
    marketId: row.market_id,
    organisationId: row.organisation_id,
    label: row.label,
    receivedAt: row.received_at,
    decision,
  };
}

const decisionOf = (row: BidRow) => ({
  priceVersion: row.price_version,
  outcome: row.outcome,
  arrivalSlot: row.arrival_slot,
  completion: row.completion,
  valueMicros: row.value_micros,
  paymentMicros: row.payment_micros,
  reason: row.reason === null ? null : refusal.read(row.reason, 'reason'),
  decidedAt: row.decided_at,
});
