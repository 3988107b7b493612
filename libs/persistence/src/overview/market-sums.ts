import type { Pool } from 'pg';
import { at } from '#units';

/** What must be zero in every database, whatever has happened, and how much was looked at. */
export interface MarketSums {
  /** Of all balances, micro-credits. */
  readonly balances: bigint;
  /** Of all entries, micro-credits. */
  readonly entries: bigint;
  /** Entries and accounts that there are. */
  readonly count: bigint;
  readonly accounts: bigint;
  /** Balances that are not the sum of their entries. */
  readonly unequal: bigint;
  /** Cells of the market's slots that are sold beyond what there is, or below zero. */
  readonly oversold: bigint;
  /** Bids of the market without a decision, and with more than one. */
  readonly undecided: bigint;
  readonly twice: bigint;
}

/**
 * market-sums: the laws of money over the whole database, and of bids and slots in one market. Reads all entries: for a demo's database, not for a busy one.
 * Input:  market. Output: one row.
 * Events: none.
 * Retry:  safe; it reads.
 */
const MARKET_SUMS = `
  SELECT (SELECT coalesce(sum(balance_micros), 0)::bigint FROM account) AS balances,
         (SELECT coalesce(sum(amount_micros), 0)::bigint FROM entry) AS entries,
         (SELECT count(*) FROM entry) AS count,
         (SELECT count(*) FROM account) AS accounts,
         (SELECT count(*) FROM account a WHERE balance_micros <> coalesce((SELECT sum(amount_micros) FROM entry e WHERE e.account_id = a.id), 0)) AS unequal,
         (SELECT count(*) FROM slot_usage u, unnest(u.used_milli, u.capacity_milli) AS c(used, capacity)
           WHERE u.market_id = $1 AND (c.used < 0 OR c.used > coalesce(c.capacity, 0))) AS oversold,
         (SELECT count(*) FROM bid b LEFT JOIN decision d ON d.bid_id = b.id WHERE b.market_id = $1 AND d.bid_id IS NULL) AS undecided,
         (SELECT count(*) - count(DISTINCT bid_id) FROM decision WHERE market_id = $1) AS twice`;

/** Asks the database itself what must hold in it. */
export async function readMarketSums(pool: Pool, marketId: bigint): Promise<MarketSums> {
  const { rows } = await pool.query<MarketSums>(MARKET_SUMS, [marketId]);
  return at(rows, 0);
}
