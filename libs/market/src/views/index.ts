/** Bids found by what they are, and what happened in markets over time: read from what is kept behind the log. */
export { KeepViews } from './keep-views.js';
export {
  ReadSeries,
  SearchBids,
  type GroupBidsRequest,
  type GroupsOutcome,
  type SearchBidsRequest,
  type SearchOutcome,
  type SeriesOutcome,
  type SeriesRequest,
} from './search-bids.js';
export type {
  BidGroup,
  BidGrouping,
  BidGroupRecord,
  BidPlace,
  BidSearch,
  BidSearcher,
  BidSearchFilter,
  BidSort,
  FoundBid,
  LaggingMarket,
  Series,
  SeriesBucket,
  SeriesRange,
  SeriesReader,
  ViewStore,
} from './ports.js';
