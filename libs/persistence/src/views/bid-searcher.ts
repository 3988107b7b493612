import type { BidGroup, BidGroupRecord, BidGrouping, BidSearch, BidSearcher, FoundBid, Viewer } from '#market';
import type { Pool } from 'pg';
import { BID_COLUMNS, type BidRow, bidOf, seeMarket } from '../reading/bid-reader.js';
import { allBids, pageOfBids, Values } from './bid-rows.js';

/**
 * search-bids: a page of bids of a market in some order, with their decisions.
 * Input:  market, then what is looked for (bid-rows.ts). Output: rows in that order; no more than a page.
 * Events: none.
 * Retry:  safe; it reads.
 */
const searchText = (page: string, descending: boolean): string => {
  const direction = descending ? 'DESC' : 'ASC';
  return `SELECT f.key, ${BID_COLUMNS} FROM (${page}) AS f JOIN bid b ON b.id = f.bid_id LEFT JOIN decision d ON d.bid_id = b.id
    ORDER BY f.key ${direction}, f.bid_id ${direction}`;
};

/** What bids are counted by; text, empty where a bid has none. */
const GROUP_KEYS: Readonly<Record<BidGroup, string>> = {
  status: 'x.status',
  reason: "coalesce(x.reason, '')",
  label: "coalesce(x.label, '')",
  organisation: 'x.organisation_id::text',
};

/**
 * group-bids: how many bids of a market have something in common, what they are worth and pay.
 * Input:  market, then what is looked for. Output: rows by key; no more than a page.
 * Events: none.
 * Retry:  safe; it reads.
 */
const groupText = (bids: string, { key, after, most }: { readonly key: string; readonly after: string; readonly most: string }): string => `
  SELECT * FROM (
    SELECT ${key} AS key, count(*) AS count, sum(x.value_micros)::bigint AS value, sum(x.payment_micros)::bigint AS payment
    FROM (${bids}) x ${after} GROUP BY 1) g ORDER BY g.key COLLATE "C" LIMIT ${most}`;

interface GroupRow {
  readonly key: string;
  readonly count: bigint;
  readonly value: bigint;
  readonly payment: bigint;
}

/** Finds and counts bids, over a pool. */
export const createBidSearcher = (pool: Pool): BidSearcher => ({
  search: (viewer, marketId, search) => findBids(pool, { viewer, marketId }, search),
  group: (viewer, marketId, grouping) => countBids(pool, { viewer, marketId }, grouping),
});

interface Place {
  readonly viewer: Viewer;
  readonly marketId: bigint;
}

async function findBids(pool: Pool, { viewer, marketId }: Place, search: BidSearch): Promise<FoundBid[] | undefined> {
  const seen = await seeMarket(pool, viewer, marketId);
  if (!seen) return undefined;
  const { filter, sort, descending, after, limit } = search;
  const values = new Values(marketId);
  const wanted = { ownerId: seen.all ? undefined : viewer.organisationId, filter, withQueued: sort === 'placed' };
  if (filter.status === 'queued' && !wanted.withQueued) return [];
  const text = searchText(pageOfBids(wanted, { sort, descending, after, limit }, values), descending);
  const { rows } = await pool.query<BidRow & { key: bigint }>(text, values.list);
  return rows.map((row) => ({ key: row.key, bid: bidOf(row) }));
}

async function countBids(
  pool: Pool,
  { viewer, marketId }: Place,
  { filter, by, after, limit }: BidGrouping,
): Promise<BidGroupRecord[] | undefined> {
  const seen = await seeMarket(pool, viewer, marketId);
  if (!seen) return undefined;
  const values = new Values(marketId);
  const key = GROUP_KEYS[by];
  const bids = allBids({ ownerId: seen.all ? undefined : viewer.organisationId, filter, withQueued: true }, values);
  const from = after === undefined ? '' : `WHERE ${key} COLLATE "C" > ${values.add(after)}`;
  const { rows } = await pool.query<GroupRow>(groupText(bids, { key, after: from, most: values.add(limit) }), values.list);
  return rows.map(({ key: of, count, value, payment }) => ({ key: of, count, valueMicros: value, paymentMicros: payment }));
}
