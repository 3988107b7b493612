import { kindsThat, marketTerms } from '#log';
import type { MarketNews } from '#market';
import { textList } from './columns.js';
import { HEAD_COLUMNS, headOf, type HeadRow, type Queryable } from './state.js';

/** More entries, or more cells of slots that were sold in, are not told one by one: then a book is built anew. */
const ENTRIES_MAX = 512;
const CELLS_MAX = 65_536;

/**
 * market-news: what has happened in a market's log since, where that is nothing but decisions, moves of the clock and changes of the status: the
 * head, and what is sold of each slot of the window that was sold in since. One statement, one snapshot.
 * Input:  market, sequence, the most entries, the most cells.
 * Output: one row; usage is null where something else has happened, or too much.
 * Events: none.
 * Retry:  safe; it reads.
 */
const MARKET_NEWS = `
  WITH news AS MATERIALIZED (
    SELECT sequence, kind FROM event WHERE market_id = $1 AND sequence > $2 ORDER BY sequence LIMIT $3
  ), sold AS MATERIALIZED (
    SELECT DISTINCT p.slot FROM news n JOIN decision d ON d.market_id = $1 AND d.sequence = n.sequence JOIN placement p ON p.bid_id = d.bid_id
    WHERE n.kind = 'bid_accepted'
  ), usage AS MATERIALIZED (
    SELECT u.slot, u.used_milli FROM sold JOIN market m ON m.id = $1
    JOIN slot_usage u ON u.market_id = m.id AND u.slot = sold.slot AND u.slot >= m.slot AND u.slot < m.slot + m.horizon_slots
  )
  SELECT ${HEAD_COLUMNS}, CASE WHEN EXISTS (SELECT FROM news WHERE kind IN (${textList(kindsThat('releveled'))})) THEN m.terms END AS terms,
    (SELECT max(sequence) FROM news WHERE kind IN (${textList(kindsThat('moved', 'releveled', 'rebuilt'))})) AS price_version,
    CASE WHEN $2 + (SELECT count(*) FROM news) = m.sequence
      AND NOT EXISTS (SELECT FROM news WHERE kind IN (${textList(kindsThat('rebuilt'))}))
      AND (SELECT coalesce(sum(cardinality(used_milli)), 0) FROM usage) <= $4
    THEN (SELECT coalesce(json_agg(json_build_object('slot', slot, 'usedMilli', used_milli)), '[]') FROM usage) END AS usage
  FROM market m WHERE m.id = $1`;

interface NewsRow extends HeadRow {
  readonly price_version: bigint | null;
  readonly terms: unknown;
  readonly usage: MarketNews['usage'] | null;
}

/** What has happened in a market since a sequence, where it can be told in a few slots. */
export async function newsSince(queryable: Queryable, marketId: bigint, sequence: bigint): Promise<MarketNews | undefined> {
  const values = [marketId, sequence, ENTRIES_MAX, CELLS_MAX];
  const { rows } = await queryable.query<NewsRow>({ name: 'market-news', text: MARKET_NEWS, values });
  const [row] = rows;
  if (!row?.usage) return undefined;
  const terms = row.terms === null ? undefined : marketTerms.read(row.terms, 'terms');
  return { head: headOf(row), priceVersion: row.price_version ?? undefined, usage: row.usage, terms };
}
