import { type BookReader, ExplainBid, type QuoteWays } from '#market';
import { createAskedBidReader, createBidReader } from '#persistence';
import type { Stores } from './stores.js';

/** Explanations of bids: thought about as quotes are, on the same books. */
export const explaining = ({ pool }: Pick<Stores, 'pool'>, books: BookReader, ways: QuoteWays): object[] => [
  new ExplainBid(createAskedBidReader(pool, createBidReader(pool)), books, ways),
];
