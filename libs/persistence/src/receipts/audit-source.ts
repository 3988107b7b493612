import type { AuditAccount, AuditSource, MarketAudit } from '#market';
import type { Pool, PoolClient } from 'pg';
import { inTransaction } from '../hot/index.js';
import { beginReading, readLog, textRows } from './log-pages.js';
import { findStrays } from './strays.js';

/**
 * audit-accounts: accounts of the operator and of everyone who has bid in the market.
 * Input:  market. Output: accounts.
 * Events: none.
 * Retry:  safe; it reads.
 */
const ACCOUNTS = `
  SELECT id AS "accountId", organisation_id AS "organisationId", kind FROM account WHERE organisation_id IN (
    SELECT organisation_id FROM market WHERE id = $1 UNION SELECT organisation_id FROM bid WHERE market_id = $1)`;

/** Everything that is stored of a market, over a pool: one snapshot, nothing written. */
export function createAuditSource(pool: Pool): AuditSource {
  return {
    within: (marketId, work) =>
      inTransaction(pool, async (client) => {
        await beginReading(client);
        const audit = await openAudit(client, marketId);
        return audit && work(audit);
      }),
  };
}

async function openAudit(client: PoolClient, marketId: bigint): Promise<MarketAudit | undefined> {
  const [market] = await textRows(client, 'market x WHERE x.id = $1', marketId);
  if (market === undefined) return undefined;
  const { rows: accounts } = await client.query<AuditAccount>(ACCOUNTS, [marketId]);
  return {
    market,
    accounts,
    records: (after) => readLog(client, marketId, after),
    sites: () => textRows(client, 'site x WHERE x.market_id = $1 ORDER BY x.ordinal', marketId),
    usage: () => textRows(client, 'slot_usage x WHERE x.market_id = $1 ORDER BY x.slot', marketId),
    strays: () => findStrays(client, marketId),
  };
}
