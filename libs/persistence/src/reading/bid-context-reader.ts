import type { BidContext } from '#kinds';
import type { BidContextReader } from '#market';
import type { Pool } from 'pg';
import { columnsOf } from '../hot/columns.js';
import { StatementBatcher } from '../postgres/statement-batcher.js';
import { IS_MEMBER } from '../tenancy/membership.js';

/**
 * find-bid-contexts: markets' resources and sites, each for a member of the market.
 * Input:  organisations, markets. Output: per pair that there is, its place in the input; sites by ordinal.
 * Events: none.
 * Retry:  safe; it reads.
 */
const FIND_CONTEXTS = `
  SELECT a.place::int - 1 AS place, m.resources,
    (SELECT coalesce(array_agg(s.id::text ORDER BY s.ordinal), '{}') FROM site s WHERE s.market_id = m.id) AS site_ids
  FROM unnest($1::bigint[], $2::bigint[]) WITH ORDINALITY AS a(organisation_id, market_id, place)
  JOIN organisation o ON o.id = a.organisation_id JOIN market m ON m.id = a.market_id AND ${IS_MEMBER}`;

/** has-allocation: whether an allocation is an organisation's. Input: organisation, bid. Output: a row where it is. Events: none. Retry: safe; it reads. */
const HAS_ALLOCATION = `SELECT FROM allocation a JOIN bid b ON b.id = a.bid_id WHERE b.organisation_id = $1 AND b.id = $2`;

interface Pair {
  readonly organisationId: bigint;
  readonly marketId: bigint;
}

interface Row {
  readonly place: number;
  readonly resources: string[];
  readonly site_ids: string[];
}

/** Contexts that one statement reads: when an API starts, its first bids come for many markets at once. */
const CONTEXTS_MAX = 128;

/** What bids are checked against, over a pool. */
export function createBidContextReader(pool: Pool): BidContextReader {
  const together = new StatementBatcher<Pair, BidContext | undefined>((pairs) => contexts(pool, pairs), CONTEXTS_MAX);
  return {
    findContext: (organisationId, marketId) => together.ask({ organisationId, marketId }),
    hasAllocation: async (organisationId, bidId) =>
      (await pool.query({ name: 'has-allocation', text: HAS_ALLOCATION, values: [organisationId, bidId] })).rows.length > 0,
  };
}

async function contexts(pool: Pool, pairs: readonly Pair[]): Promise<(BidContext | undefined)[]> {
  const values = columnsOf(
    pairs,
    ({ organisationId }) => organisationId,
    ({ marketId }) => marketId,
  );
  const { rows } = await pool.query<Row>({ name: 'find-bid-contexts', text: FIND_CONTEXTS, values });
  const found = new Map(rows.map((row) => [row.place, contextOf(row)]));
  return pairs.map((_, index) => found.get(index));
}

const contextOf = ({ resources, site_ids }: Row): BidContext => ({ resources, sites: site_ids.map((id, ordinal) => ({ id, ordinal })) });
