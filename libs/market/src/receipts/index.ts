/** Receipts: a chain of hashes over a market's log; and the verifier that replays the log and holds every row against it. */
export type { AuditAccount, AuditSource, MarketAudit, ReceiptReader, ReceiptStore } from './ports.js';
export { CHAIN_START, chainAfter, receiptIn, receiptOf, type ChainHead, type Receipt } from './receipt.js';
export { LiveSales, type Bought, type ExpectedHit } from './replay-hits.js';
export type { SlotSales } from './market-rows.js';
export { keyOf, type Finding, type LogRecord, type Row, type RowTable } from './rows.js';
export { chainOf, AppendReceipts } from './append-receipts.js';
export { verifyMarket, type Verification, type VerifyOptions, type VerifyOutcome } from './verify-market.js';
export { ReadReceipt, type ReceiptOutcome } from './read-receipt.js';
export { LogReplay } from './replay-log.js';
