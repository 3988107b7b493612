import { standardKinds } from '#kinds';
import { AppendReceipts, verifyMarket } from '#market';
import { createAuditSource, createReceiptStore } from '#persistence';
import type { Pool } from 'pg';
import { brokenLaws } from './market-laws.js';

/** A market in which what is sold costs enough to see where the money goes. */
export const DEAR = { prices: { gamma: { bandwidth: 1000, gpu: 1000, cpu: 1000, memoryGB: 1000 }, unit: '1', reserve: '0.5' } };

/** What a verification finds in a market. */
async function findingsIn(pool: Pool, marketId: string): Promise<unknown> {
  const outcome = await verifyMarket(createAuditSource(pool), BigInt(marketId), { kinds: standardKinds() });
  return outcome.kind === 'verified' ? outcome.verification.findings : outcome;
}

/** What a verification finds in a market of which rows that never change were changed. */
export async function findingsAfter(pool: Pool, marketId: string, change: string): Promise<unknown> {
  await pool.query(`BEGIN; SET LOCAL session_replication_role = replica; ${change}; COMMIT`);
  return findingsIn(pool, marketId);
}

/** Expects everything to be as the log says, receipts and laws included. */
export async function expectWhole(pool: Pool, marketId: string): Promise<void> {
  await new AppendReceipts(createReceiptStore(pool), { nowMs: () => Date.now() }).run(10_000);
  expect(await findingsIn(pool, marketId)).toEqual([]);
  expect(await brokenLaws(pool)).toEqual([]);
}
