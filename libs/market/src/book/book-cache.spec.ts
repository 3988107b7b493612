import { paperRule } from '#mechanism';
import { micros } from '#units';
import { BookCache } from './book-cache.js';
import { type MarketState, openBook, type OpenBook } from './market-state.js';
import { newestTerms } from './terms.js';

const bookOf = (marketId: bigint, operatorId: bigint, horizonSlots: number): OpenBook =>
  openBook({
    head: { marketId, sequence: 1n, status: 'open', clock: 'manual', slot: 0 },
    operatorId,
    priceVersion: 1n,
    horizonSlots,
    chunkKb: 1n,
    bandwidthKb: 1_000n,
    resources: ['gpu'],
    terms: newestTerms(paperRule(['gpu'], 10, { unit: micros(1n), reserve: micros(0n) })),
    sites: [],
    usage: [],
  } satisfies MarketState);

describe('BookCache', () => {
  it('is bounded by the size of books, and lets the one go that was used longest ago', () => {
    const cache = new BookCache(4_000);
    for (const marketId of [1n, 2n, 3n]) cache.put(bookOf(marketId, 7n, 1_000));
    cache.put(bookOf(1n, 7n, 1_000)); // used again
    cache.put(bookOf(4n, 7n, 1_000));
    expect([1n, 2n, 3n, 4n].map((marketId) => cache.get(marketId) !== undefined)).toEqual([true, false, true, true]);
    expect(cache.size).toBeLessThanOrEqual(4_000);
  });

  it('takes from the tenant that has most, so that no one drives out the others', () => {
    const cache = new BookCache(6_000);
    cache.put(bookOf(1n, 7n, 1_000));
    for (let marketId = 2n; marketId < 20n; marketId++) cache.put(bookOf(marketId, 8n, 1_500));
    expect(cache.get(1n)).toBeDefined();
    expect(cache.get(19n)).toBeDefined();
    cache.put(bookOf(20n, 9n, 100_000)); // larger than all there is room for
    expect([cache.get(20n), cache.get(1n) !== undefined]).toEqual([undefined, true]);
  });

  it('counts nothing twice and nothing that is gone', () => {
    const cache = new BookCache(10_000);
    for (let round = 0; round < 50; round++) cache.put(bookOf(1n, 7n, 1_000));
    expect(cache.take(1n)).toBeDefined();
    expect([cache.size, cache.take(1n)]).toEqual([0, undefined]);
  });
});
