/** Deciding bids: one writer per market, one fenced transaction per batch. */
export { DecideMarket, type DecideLimits, type RunOutcome } from './decide-market.js';
export { decideBatch, type BatchInput } from './decide-batch.js';
export type {
  BatchRecord,
  DecidedBid,
  DecidingStore,
  Fence,
  HeldMarket,
  LeaseClaim,
  Payer,
  QueuedBid,
  RecordOutcome,
  Wallet,
} from './ports.js';
