import { CHAIN_START, chainAfter, type ChainHead, receiptIn, type Receipt, type ReceiptStore } from '#market';
import type { Pool, PoolClient } from 'pg';
import { columnsOf } from '../hot/columns.js';
import { inTransaction } from '../hot/index.js';
import { beginReading, readLog, textRows } from './log-pages.js';

/**
 * unsealed-markets: markets whose log has grown beyond their receipts.
 * Input:  none. Output: markets.
 * Events: none.
 * Retry:  safe; it reads.
 */
const UNSEALED = `
  SELECT m.id FROM market m WHERE m.sequence > coalesce((SELECT max(r.sequence) FROM receipt r WHERE r.market_id = m.id), 0) ORDER BY m.id`;

/**
 * append-receipts: the next links of chains. Not waited onto the disk: a receipt that is lost is written again, the same.
 * Input:  markets, sequences, algorithms, hashes. Output: none.
 * Events: none.
 * Retry:  safe; what is there stays.
 */
const APPEND = `
  INSERT INTO receipt (market_id, sequence, algorithm, input_hash, price_hash, rows, previous_hash, hash)
  SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bytea[], $5::bytea[], $6::bytea[], $7::bytea[], $8::bytea[])
  ON CONFLICT (market_id, sequence) DO NOTHING`;

/** Receipts, over a pool. */
export function createReceiptStore(pool: Pool): ReceiptStore {
  return {
    unsealed: async () => {
      const { rows } = await pool.query<{ id: bigint }>({ name: 'unsealed-markets', text: UNSEALED });
      return rows.map(({ id }) => id);
    },
    next: (marketId) =>
      inTransaction(pool, async (client) => {
        await beginReading(client);
        const { head, sequence } = await readChainHead(client, marketId);
        return { head, records: await readLog(client, marketId, sequence) };
      }),
    append: (receipts) =>
      inTransaction(pool, async (client) => {
        await client.query('SET LOCAL synchronous_commit = off');
        await client.query({ name: 'append-receipts', text: APPEND, values: receiptColumns(receipts) });
      }),
  };
}

async function readChainHead(client: PoolClient, marketId: bigint): Promise<{ head: ChainHead; sequence: bigint }> {
  const last = `(SELECT r.*, e.kind FROM receipt r LEFT JOIN event e USING (market_id, sequence) WHERE r.market_id = $1 ORDER BY r.sequence DESC LIMIT 1) AS x`;
  const [row] = await textRows(client, last, marketId);
  if (row === undefined) return { head: CHAIN_START, sequence: 0n };
  const receipt = receiptIn(row);
  return { head: chainAfter(receipt, row.kind), sequence: receipt.sequence };
}

function receiptColumns(receipts: readonly Receipt[]): unknown[][] {
  const bytes = (hex: string): Buffer => Buffer.from(hex, 'hex');
  return columnsOf(
    receipts,
    (receipt) => receipt.marketId,
    (receipt) => receipt.sequence,
    (receipt) => receipt.algorithm,
    (receipt) => bytes(receipt.inputHash),
    (receipt) => bytes(receipt.priceHash),
    (receipt) => bytes(receipt.rows),
    (receipt) => bytes(receipt.previousHash),
    (receipt) => bytes(receipt.hash),
  );
}
