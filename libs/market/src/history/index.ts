/** Any past moment of a market, made from its log. */
export { Past } from './fold.js';
export { History, type PastMarket } from './history.js';
export { entriesBetween, KeepSnapshots } from './keep-snapshots.js';
export { ReadBook, type BookAt, type BookOutcome, type BookRequest, type BookRow } from './read-book.js';
export { ReadPriceHistory, type PriceHistoryOutcome, type PriceHistoryRequest, type PricePoint } from './read-price-history.js';
export { type CellFigures, cellFigures } from './cell.js';
export type {
  GrownMarket,
  HistoryStore,
  MarketBase,
  PastEntry,
  PastState,
  SoldPart,
  ResourceFigures,
  SlotChange,
  Snapshot,
} from './ports.js';
