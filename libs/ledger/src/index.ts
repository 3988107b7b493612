/**
 * Double entry, pure: money moves by transfers from one account to another, so that it is balanced by construction. Postgres keeps the
 * same books by its own means (prisma/migrations); tests hold one against the other.
 */
export { BALANCE_MAX, depositLimit, mayBeNegative, WALLET_MAX, type Account, type AccountKind, type Balance } from './account.js';
export { applyTransfers, TRANSFER_FAULTS, type ApplyOutcome, type TransferFault } from './apply-transfers.js';
export { ledgerLaws } from './laws.js';
export { openLedger, type Hold, type Ledger } from './ledger.js';
export { isWay, type Entry, type Transfer, type TransferKind } from './transfer.js';
