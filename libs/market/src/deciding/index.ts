/** Deciding bids: one writer per market, one fenced statement for the batches of several. */
export type { DecideLimits } from './batches.js';
export { DecideMarkets, type MarketRoundResult, type RunOutcome } from './decide-markets.js';
export { decideBatch, type BatchInput } from './decide-batch.js';
export { decisionEvent } from './decision-event.js';
export { inTurns } from './in-turns.js';
export { FundsTracker } from './funds-tracker.js';
export { saleIn } from './sale.js';
export type {
  BatchRecord,
  BudgetsAsked,
  DecidedBid,
  DecidingStore,
  HeldMarket,
  MarketLease,
  LeaseClaim,
  LeasedMarket,
  LeasedBacklog,
  Payer,
  QueuedBid,
  RecordOutcome,
  RoundCommit,
  Wallet,
} from './ports.js';
