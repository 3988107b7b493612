import { invariant } from '#units';

/** What a request may hold at most. More is refused with a problem that names the limit. */
export const LIMITS = {
  /** Sites that one bid may name. */
  sitesPerBid: 2_000,
  /** Sites of one market: as many may be in one page. */
  sitesPerMarket: 2_000,
  bulkBids: 1_000,
  horizonSlots: 10_000,
  resources: 16,
  /** A market in all: slots times (sites times resources, and bandwidth); and sites times slots. They bound what a decision costs. */
  cellsPerMarket: 2_000_000,
  siteSlotsPerMarket: 500_000,
  pageRows: 500,
  pageRowsDefault: 50,
  /** Slots that one answer of prices may cover. */
  priceSlots: 500,
  /** Prices of one answer, where it has more than one slot. */
  priceCells: 20_000,
  /** Cells of one answer that shows a book, where it has more than one slot. */
  bookCells: 50_000,
  waitSeconds: 30,
  nameLength: 200,
  idempotencyKeyLength: 200,
  /** Faults that one problem lists. */
  faults: 20,
  /** Any quantity, in units. */
  quantity: 1_000_000_000,
  /** Chunks of one bid over all its sites: bounds what a decision costs. */
  chunksPerBid: 20_000,
  epochs: 1_000_000,
  /** Values (fields, elements) that a body may hold: one of a bid, one of many bids, any other; and how deep they may lie. */
  bodyValues: 2_000,
  bidValues: 20_000,
  bulkValues: 500_000,
  bodyDepth: 32,
  /** Where every clock ends. */
  slot: 2_000_000_000,
} as const;

invariant(LIMITS.horizonSlots * (1 + LIMITS.resources) <= LIMITS.cellsPerMarket, 'any market that may be created has room for a site');
invariant(LIMITS.pageRowsDefault <= LIMITS.pageRows, 'a page by default is a page that may be asked for');
invariant(LIMITS.horizonSlots + LIMITS.sitesPerBid < LIMITS.bidValues, 'the largest bid is a body that is read');
invariant(Number.isSafeInteger(LIMITS.quantity * 1000), 'a quantity stays exact in milli-units');
invariant(Number.isSafeInteger(LIMITS.chunksPerBid * LIMITS.sitesPerBid), 'the chunks of a bid can be added up exactly');
