/**
 * Double entry, pure: money moves by transfers from one account to another, so that it is balanced by construction; who gets what of an accepted bid,
 * and when (settlement.ts). Postgres keeps the same books by its own means (prisma/migrations, prisma/functions); tests hold one against the other.
 */
export {
  ACCOUNT_KINDS,
  BALANCE_MAX,
  depositLimit,
  mayBeNegative,
  WALLET_MAX,
  type Account,
  type AccountKind,
  type Balance,
} from './account.js';
export { applyTransfers, TRANSFER_FAULTS, type ApplyOutcome, type TransferFault } from './apply-transfers.js';
export { ledgerLaws } from './laws.js';
export { openLedger, type Hold, type Ledger } from './ledger.js';
export {
  cancelSale,
  deliver,
  holdOf,
  isComplete,
  owedOf,
  replan,
  saleOf,
  slotAmount,
  standingOf,
  transferOf,
  type Cancelling,
  type DeliveryRule,
  type Movement,
  type Replanning,
  type Sale,
  type Settlement,
  type Standing,
} from './settlement.js';
export { isWay, TRANSFER_KINDS, WAYS, type Entry, type Party, type Transfer, type TransferKind } from './transfer.js';
