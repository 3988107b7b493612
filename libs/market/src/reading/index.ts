/** Reading what was decided: bids, allocations, the market's log. */
export { CheckBid, type BidToCheck, type CheckOutcome } from './check-bid.js';
export { ReadBids, type BidOutcome, type BidsOutcome, type ListBidsRequest } from './read-bids.js';
export { ReadEvents, type EventsOutcome, type ReadEventsRequest } from './read-events.js';
export type {
  AllocationRecord,
  BidContextReader,
  BidFilter,
  BidReader,
  BidRecord,
  BidStatus,
  DecisionRecord,
  EventPage,
  EventReader,
  EventRecord,
  LineRecord,
  Viewer,
} from './ports.js';
