/** Receipts and what verification reads, over a pool. */
export { createAuditSource } from './audit-source.js';
export { createReceiptReader } from './receipt-reader.js';
export { createReceiptStore } from './receipt-store.js';
