import { createHash } from 'node:crypto';
import { algorithmOf, eventIn, isEventKind, movesPrices, UnreadableEntry } from '#log';
import { at, canonicalJson } from '#units';
import { type Finding, jsonOf, keyOf, type LogRecord, type NamedRow, type Row, rowsOf } from './rows.js';

/** Bytes of a row's digest (128 bits), and of the chain's hashes. */
const DIGEST_BYTES = 16;
const HASH_BYTES = 32;
const GENESIS = '00'.repeat(HASH_BYTES);

/** The receipt of one entry of a market's log. Hashes are hexadecimal. */
export interface Receipt {
  readonly marketId: bigint;
  readonly sequence: bigint;
  /** What decides from this entry on, by the market's terms. */
  readonly algorithm: string;
  /** Of what was asked: the bid, or the change of the market. */
  readonly inputHash: string;
  /** Of what prices depended on: the hash of the receipt of the last change of prices before this entry. */
  readonly priceHash: string;
  /** A digest for each row of the entry, one after the other (the order of rowsOf): they say which row is not as it was. */
  readonly rows: string;
  readonly previousHash: string;
  /** Of all of the above. */
  readonly hash: string;
}

/** Where a chain stands: what the next receipt builds on. */
export interface ChainHead {
  readonly algorithm: string;
  readonly previousHash: string;
  readonly priceHash: string;
}

/** Before a market's opening nothing decides. */
export const CHAIN_START: ChainHead = { algorithm: '', previousHash: GENESIS, priceHash: GENESIS };

/** The next receipt of a market's chain. */
export function receiptOf(marketId: bigint, record: LogRecord, head: ChainHead): Receipt {
  const digests = rowsOf(record).map((named) => ({ ...named, digest: digestOf(named) }));
  const inputs = digests.filter(({ table }) => table === 'bid' || (!record.bid && table !== 'transfer' && table !== 'entry'));
  const unsealed = {
    marketId,
    sequence: record.sequence,
    algorithm: algorithmNamedBy(record) ?? head.algorithm,
    inputHash: sha256(inputs.map(({ digest }) => digest).join('')),
    priceHash: head.priceHash,
    rows: digests.map(({ digest }) => digest).join(''),
    previousHash: head.previousHash,
  };
  return { ...unsealed, hash: hashOf(unsealed) };
}

/** What decides from an entry on that tells of the market's terms; undefined for other entries, and what cannot be read. */
function algorithmNamedBy({ event: { kind, version, payload } }: LogRecord): string | undefined {
  if (kind !== 'market_opened' && kind !== 'terms_changed') return undefined;
  try {
    const event = eventIn({ kind, version: Number(version), payload: jsonOf(payload) });
    return 'terms' in event.payload ? algorithmOf(event.payload.terms) : undefined;
  } catch (cause) {
    if (cause instanceof UnreadableEntry) return undefined; // the replay says what is wrong with it
    throw cause;
  }
}

/** Where the chain stands after an entry. */
export function chainAfter(
  { algorithm, hash, priceHash }: Pick<Receipt, 'algorithm' | 'hash' | 'priceHash'>,
  eventKind: string | null | undefined,
): ChainHead {
  return { algorithm, previousHash: hash, priceHash: isEventKind(eventKind) && !movesPrices(eventKind) ? priceHash : hash };
}

/**
 * Holds a stored receipt against the entry as it is stored now.
 * @returns the first thing wrong: the receipt itself, its place in the chain, or the row that is not as it was when the receipt was written.
 */
export function receiptFindings(stored: Receipt, expected: Receipt, record: LogRecord): Finding[] {
  const { sequence } = expected;
  const ofReceipt = (detail: string): Finding[] => [
    { sequence, table: 'receipt', key: `market_id ${expected.marketId}, sequence ${sequence}`, detail },
  ];
  if (hashOf(stored) !== stored.hash) return ofReceipt('hash is not that of the receipt');
  if (stored.algorithm !== expected.algorithm) return ofReceipt(`algorithm is ${stored.algorithm}; by the log it is ${expected.algorithm}`);
  if (stored.previousHash !== expected.previousHash) return ofReceipt('previous_hash is not the hash of the receipt before it');
  if (stored.priceHash !== expected.priceHash) return ofReceipt('price_hash is not the hash of the receipt of the last change of prices');
  const changed = firstChanged(stored.rows, expected.rows);
  if (changed !== undefined) return [rowFinding(record, changed)];
  return stored.inputHash === expected.inputHash ? [] : ofReceipt('input_hash is not that of the input');
}

function firstChanged(stored: string, expected: string): number | undefined {
  const width = 2 * DIGEST_BYTES;
  for (let from = 0; from < Math.max(stored.length, expected.length); from += width) {
    if (stored.slice(from, from + width) !== expected.slice(from, from + width)) return from / width;
  }
  return undefined;
}

function rowFinding(record: LogRecord, index: number): Finding {
  const rows = rowsOf(record);
  const { sequence } = record;
  if (index >= rows.length)
    return { sequence, table: 'event', key: keyOf('event', record.event), detail: 'a row that was written with it is gone' };
  const { table, row } = at(rows, index);
  return { sequence, table, key: keyOf(table, row), detail: 'is not as it was when its receipt was written' };
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const digestOf = ({ table, row }: NamedRow): string => sha256(`${table} ${canonicalJson(row)}`).slice(0, 2 * DIGEST_BYTES);

function hashOf({ marketId, sequence, algorithm, inputHash, priceHash, rows, previousHash }: Omit<Receipt, 'hash'>): string {
  return sha256(canonicalJson([marketId, sequence, algorithm, inputHash, priceHash, rows, previousHash]));
}

/** A receipt as its row says; Postgres writes bytes as `\x` and hexadecimal digits. */
export function receiptIn(row: Row): Receipt {
  const hex = (column: string): string => (row[column] ?? '').replace(/^\\x/, '');
  return {
    marketId: BigInt(row.market_id ?? 0),
    sequence: BigInt(row.sequence ?? 0),
    algorithm: row.algorithm ?? '',
    inputHash: hex('input_hash'),
    priceHash: hex('price_hash'),
    rows: hex('rows'),
    previousHash: hex('previous_hash'),
    hash: hex('hash'),
  };
}
