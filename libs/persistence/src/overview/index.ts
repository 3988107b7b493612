/** What whoever looks after the service wants to see: the backlog, and whether the ledger's laws hold. */
export { readBacklogOverview, readWaits, type BacklogOverview } from './backlog.js';
export { createLedgerCheck, type LedgerFinding } from './ledger-check.js';
export { type MarketSums, readMarketSums } from './market-sums.js';
export { type LifecycleOverview, readLifecycleOverview } from './lifecycle.js';
