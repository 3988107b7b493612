import { marketTerms } from '#log';
import type { CatalogueReader, MarketRecord, SiteRecord, SitesPage } from '#market';
import { at, type Milli } from '#units';
import type { Pool } from 'pg';
import { columnsOf } from '../hot/columns.js';
import { StatementBatcher } from '../postgres/statement-batcher.js';
import { IS_MEMBER } from '../tenancy/membership.js';

const MARKET_COLUMNS = `m.id, m.organisation_id, m.name, m.clock::text, m.status::text, m.slot_minutes, m.horizon_slots, m.chunk_kb, m.bandwidth_kb,
  m.resources, m.terms, m.slot, m.sequence, m.opened_at`;

/**
 * find-markets: markets, each for a member.
 * Input:  organisations, markets. Output: per pair that there is, its place in the input.
 * Events: none.
 * Retry:  safe; it reads.
 */
const FIND_MARKETS = `
  SELECT a.place::int - 1 AS place, ${MARKET_COLUMNS}
  FROM unnest($1::bigint[], $2::bigint[]) WITH ORDINALITY AS a(organisation_id, market_id, place)
  JOIN organisation o ON o.id = a.organisation_id JOIN market m ON m.id = a.market_id AND ${IS_MEMBER}`;

/**
 * list-markets: markets of an organisation and of the operator that made it.
 * Input:  organisation, id to go on after, limit. Output: rows, ids ascending.
 * Events: none.
 * Retry:  safe; it reads.
 */
const LIST_MARKETS = `
  SELECT ${MARKET_COLUMNS} FROM organisation o JOIN market m ON ${IS_MEMBER}
  WHERE o.id = $1 AND m.id > $2 ORDER BY m.id LIMIT $3`;

/**
 * list-sites: sites of a market, for a member.
 * Input:  organisation, market, id to go on after, limit. Output: rows, ids ascending, which is the order of the ordinals: both are given under the
 *         market's lock. One row without a site where there is none; no row: the organisation is no member of such a market.
 * Events: none.
 * Retry:  safe; it reads.
 */
const LIST_SITES = `
  SELECT m.resources, s.id, s.ordinal, s.name, s.capacity_milli, s.latitude, s.longitude
  FROM organisation o JOIN market m ON m.id = $2 AND ${IS_MEMBER}
  LEFT JOIN LATERAL (SELECT * FROM site WHERE market_id = m.id AND id > $3 ORDER BY ordinal LIMIT $4) s ON true
  WHERE o.id = $1 ORDER BY s.ordinal`;

interface MarketRow {
  readonly id: bigint;
  readonly organisation_id: bigint;
  readonly name: string;
  readonly clock: MarketRecord['clock'];
  readonly status: MarketRecord['status'];
  readonly slot_minutes: number;
  readonly horizon_slots: number;
  readonly chunk_kb: bigint;
  readonly bandwidth_kb: bigint;
  readonly resources: readonly string[];
  readonly terms: unknown;
  readonly slot: number;
  readonly sequence: bigint;
  readonly opened_at: Date;
}

interface SiteRow {
  readonly resources: readonly string[];
  readonly id: bigint | null;
  readonly ordinal: number;
  readonly name: string;
  readonly capacity_milli: readonly bigint[];
  readonly latitude: number | null;
  readonly longitude: number | null;
}

interface Pair {
  readonly organisationId: bigint;
  readonly marketId: bigint;
}

/** Markets that one statement reads. */
const MARKETS_MAX = 128;

/** Markets and sites as the API shows them, over a pool. */
export function createCatalogueReader(pool: Pool): CatalogueReader {
  const together = new StatementBatcher<Pair, MarketRecord | undefined>((pairs) => findMarkets(pool, pairs), MARKETS_MAX);
  return {
    findMarket: (organisationId, marketId) => together.ask({ organisationId, marketId }),
    listMarkets: async (organisationId, { afterId, limit }) => {
      const { rows } = await pool.query<MarketRow>({ name: 'list-markets', text: LIST_MARKETS, values: [organisationId, afterId, limit] });
      return rows.map(marketOf);
    },
    listSites: async (organisationId, marketId, { afterId, limit }) => {
      const values = [organisationId, marketId, afterId, limit];
      const { rows } = await pool.query<SiteRow>({ name: 'list-sites', text: LIST_SITES, values });
      return sitesOf(rows, marketId);
    },
  };
}

async function findMarkets(pool: Pool, pairs: readonly Pair[]): Promise<(MarketRecord | undefined)[]> {
  const values = columnsOf(
    pairs,
    ({ organisationId }) => organisationId,
    ({ marketId }) => marketId,
  );
  const { rows } = await pool.query<MarketRow & { place: number }>({ name: 'find-markets', text: FIND_MARKETS, values });
  const found = new Map(rows.map((row) => [row.place, marketOf(row)]));
  return pairs.map((_, index) => found.get(index));
}

const marketOf = (row: MarketRow): MarketRecord => ({
  marketId: row.id,
  organisationId: row.organisation_id,
  name: row.name,
  clock: row.clock,
  status: row.status,
  slotMinutes: row.slot_minutes,
  horizonSlots: row.horizon_slots,
  chunkKb: Number(row.chunk_kb) as Milli,
  bandwidthKb: Number(row.bandwidth_kb) as Milli,
  resources: row.resources,
  terms: marketTerms.read(row.terms, 'terms'),
  slot: row.slot,
  sequence: row.sequence,
  openedAt: row.opened_at,
});

function sitesOf(rows: readonly SiteRow[], marketId: bigint): SitesPage | undefined {
  if (rows.length === 0) return undefined;
  return { resources: at(rows, 0).resources, sites: rows.flatMap((row) => siteOf(row, marketId)) };
}

function siteOf({ id, ordinal, name, capacity_milli, latitude, longitude }: SiteRow, marketId: bigint): SiteRecord[] {
  if (id === null) return [];
  const location = latitude === null || longitude === null ? null : { latitude, longitude };
  return [{ siteId: id, marketId, ordinal, name, capacityMilli: capacity_milli.map((amount) => Number(amount) as Milli), location }];
}
