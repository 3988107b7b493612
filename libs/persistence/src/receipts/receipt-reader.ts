import { chainAfter, receiptIn, type ReceiptReader } from '#market';
import { invariant } from '#units';
import type { Pool } from 'pg';
import { inTransaction } from '../hot/index.js';
import { beginReading, readLog } from './log-pages.js';

/** Single entries of logs with their receipts, over a pool; each as of one moment. */
export const createReceiptReader = (pool: Pool): ReceiptReader => ({
  entry: (marketId, sequence) =>
    inTransaction(pool, async (client) => {
      await beginReading(client);
      const [before, record] = await readLog(client, marketId, sequence - 2n, 2);
      const head = before?.receipt && chainAfter(receiptIn(before.receipt), before.event.kind);
      invariant(record !== undefined, 'a decision is an entry of the log');
      return { head, record };
    }),
});
