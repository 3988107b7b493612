import type { MarketHead, MarketState } from '../book/index.js';

/** Reads of what prices depend on; each is one snapshot. */
export interface BookSource {
  /** The market as that organisation may see it: its own or its operator's. */
  findVisible(marketId: bigint, organisationId: bigint): Promise<MarketHead | undefined>;
  /** Everything that the book is made of, as of one moment. */
  load(marketId: bigint): Promise<MarketState | undefined>;
}
