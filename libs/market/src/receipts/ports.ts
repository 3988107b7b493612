import type { AccountKind } from '#ledger';
import type { ChainHead, Receipt } from './receipt.js';
import type { Finding, LogRecord, Row } from './rows.js';

/** An account that a market's money may pass through. */
export interface AuditAccount {
  readonly accountId: bigint;
  readonly organisationId: bigint;
  readonly kind: AccountKind;
}

/** Everything that is stored of a market, as of one moment. */
export interface MarketAudit {
  /** The market's row, with what changes (status, slot, sequence). */
  readonly market: Row;
  /** Accounts of the operator and of every bidder. */
  readonly accounts: readonly AuditAccount[];
  /** The next page of the log after a sequence number, in order; empty at its end. */
  records(after: bigint): Promise<readonly LogRecord[]>;
  /** By ordinal. */
  sites(): Promise<readonly Row[]>;
  /** By slot. */
  usage(): Promise<readonly Row[]>;
  /**
   * What no entry of the log leads to: rows of the market that belong to none, bids that are neither decided nor waiting, receipts beyond
   * the log, transfers without their two entries, balances that are not the sum of their entries, funds that a wallet did not have.
   */
  strays(): Promise<readonly Finding[]>;
}

/** Reads all that is stored of a market. */
export interface AuditSource {
  /** Runs `work` over one snapshot. @returns undefined where there is no such market. */
  within<T>(marketId: bigint, work: (audit: MarketAudit) => Promise<T>): Promise<T | undefined>;
}

/** Where the receipt of one entry is read. */
export interface ReceiptReader {
  /** An entry that there is, beyond the first, with its rows, and where the chain stands before it: undefined where it has not come so far. */
  entry(marketId: bigint, sequence: bigint): Promise<{ readonly head: ChainHead | undefined; readonly record: LogRecord }>;
}

/** Where receipts are kept. */
export interface ReceiptStore {
  /** Markets whose log has grown beyond their last receipt. */
  unsealed(): Promise<readonly bigint[]>;
  /** Where the market's chain stands, and the next page of its log. */
  next(marketId: bigint): Promise<{ readonly head: ChainHead; readonly records: readonly LogRecord[] }>;
  /** Writes receipts; those that are there already stay: another process has written the same. */
  append(receipts: readonly Receipt[]): Promise<void>;
}
