import type { PoolClient } from 'pg';

/**
 * hold-market: a market is locked, so that nothing extends its log. The next statement sees all that was written before.
 * Input:  market. Output: none.
 * Events: none.
 * Retry:  safe; the lock goes with the transaction.
 */
const HOLD_MARKET = `SELECT FROM market WHERE id = $1 FOR NO KEY UPDATE`;

/** Holds a market's log until the transaction ends. Who locks accounts as well does so afterwards. */
export async function holdMarket(client: PoolClient, marketId: bigint): Promise<void> {
  await client.query({ name: 'hold-market', text: HOLD_MARKET, values: [marketId] });
}
