/** Life after the sale: what becomes of allocations, and who may see it. */
export {
  ALLOCATION_MOVES,
  ALLOCATION_STATES,
  mayFollow,
  SLOT_MOVES,
  SLOT_STATES,
  slotStateAt,
  stateAt,
  type AllocationState,
  type SlotState,
  type Standpoint,
} from './states.js';
export { ReadAllocations, type AllocationOutcome, type AllocationsOutcome } from './read-allocations.js';
export { RepairMarkets, type DealtHit, recordOf } from './repair-markets.js';
export {
  dealWith,
  findPlan,
  firstHit,
  isLate,
  oldPriceOf,
  restOf,
  type HitOutcome,
  type LiveAllocation,
  type PlanInForce,
} from './hits.js';
export { type Cancellation, cancellationOf, type CancelledSlot, keptThousandths } from './cancel.js';
export { beginChange, type ChangeBegun, type ChangingBid, isChange } from './change.js';
export {
  CancelAllocation,
  CANCELLATION_QUOTE_MS,
  QuoteCancellation,
  type CancellationQuote,
  type CancellationStore,
  type CancellationTerms,
  type CancelOutcome,
  type QuoteCancellationOutcome,
  type SeenAllocation,
} from './cancel-allocation.js';
export { liveOf } from './live.js';
export { emptyTerms, marketAt, type MarketTermsThen, type SoldPlan } from './as-of.js';
export type { HitMarket, HitRecord, LiveRow, MarketThen, OpenWindowRow, RepairCommit, RepairStore, SoldPlanRow } from './repair-ports.js';
export {
  Beat,
  BEATS_MISSED_NOTE,
  type BeatOutcome,
  type BeatStore,
  type HeardBeat,
  type WatchedSite,
  type WatchResult,
  WatchSites,
} from './heartbeats.js';
export type { ImpactParts, WindowHit, WindowImpact } from './impact.js';
export { type LoweringWindow, SetCapacity, type SetCapacityOutcome, type SetCapacityRequest } from './set-capacity.js';
export { CloseWindow, ListWindows, OpenWindow, PreviewWindow, takenSlots } from './windows.js';
export type { CloseWindowOutcome, CloseWindowRequest, OpenWindowOutcome, PreviewWindowOutcome, WindowsOutcome } from './windows.js';
export type { NewWindow, OpenWindowRequest, WindowKind, WindowRecord, WindowsReader, WindowsTx } from './window-ports.js';
export type {
  AllocationFilter,
  AllocationLife,
  AllocationLinks,
  AllocationReader,
  AllocationReturn,
  AllocationSlot,
  AllocationSummary,
} from './ports.js';
export { aheadOf, OCCURRENCES_MAX, occurrencesIn } from './occurrences.js';
export type {
  DueRecurring,
  Occurrence,
  OccurrenceWindow,
  Recurrence,
  RecurrenceRule,
  RecurringReader,
  RecurringRecord,
  RecurringTerms,
  RecurringTx,
  ToldOccurrence,
  ToldRecurring,
} from './recurring-ports.js';
export {
  PreviewRecurring,
  type PreviewRecurringOutcome,
  Recur,
  type RecurOutcome,
  RECURRING_PER_MARKET,
  type RecurringImpact,
  type RecurringRequest,
} from './recurring-windows.js';
export { EndRecurring, ListRecurring, OpenRecurring, type RecurringOutcome, SkipOccurrence } from './keep-recurring.js';
export { INCIDENT_DAYS, type IncidentsOutcome, ListIncidents, type SiteIncidents } from './incidents.js';
