/** Taking bids in: group commit, one row per organisation and key, the wake-up afterwards. */
export { AcceptBids, STATEMENT_BIDS_MAX, type AcceptLimits, type AcceptOutcome } from './accept-bids.js';
export { CapBacklog, type UndecidedBids } from './cap-backlog.js';
export type { BidInbox, InboxAnswer, NewBid } from './inbox.js';
export { WakeUpNotifier, type WakeUpQueue } from './wake-up-notifier.js';
