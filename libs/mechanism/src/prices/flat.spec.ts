import { micros, type Milli } from '#units';
import fc from 'fast-check';
import { advanceBook, copyBook, createBook, occupy, pricesOf, setCapacity, somePricesOf } from '../book.js';
import type { MarketSpec } from '../types.js';
import { flatPriceAt, flatPricing } from './flat.js';
import { ruleFaults } from './rules.js';

const price = (level: bigint, supply: number): number =>
  flatPriceAt(flatPricing({ kind: 'flat', level: micros(level), levels: {} }, 'gpu'), supply);

describe('a flat price', () => {
  it('is the level by what the market has, rounded half up', () => {
    expect(price(300_000_000n, 3_000)).toBe(100_000_000);
    expect(price(10n, 3_000)).toBe(3);
    expect(price(5n, 2_000)).toBe(3); // 2.5
    expect(price(1n, 2_001)).toBe(0);
    expect(price(7n, 1)).toBe(7_000);
    expect(price(0n, 1)).toBe(0);
  });

  it('is the level where the market has nothing', () => expect(price(17n, 0)).toBe(17));

  it('is exact at any size', () => {
    const exact = (level: bigint, supply: number): number => Number((2_000n * level + BigInt(supply)) / (2n * BigInt(supply)));
    const level = fc.bigInt({ min: 0n, max: 999_999_999_999_999n });
    fc.assert(
      fc.property(level, fc.integer({ min: 1, max: 2_000_000_000_000_000 }), (of, supply) => {
        expect(price(of, supply)).toBe(exact(of, supply));
      }),
    );
  });

  it('has levels of its own for what is named', () => {
    const rule = { kind: 'flat', level: micros(5n), levels: { gpu: micros(7n) } } as const;
    expect([flatPricing(rule, 'gpu'), flatPricing(rule, 'toString')].map(({ levelMicros }) => levelMicros)).toEqual([7, 5]);
    expect(ruleFaults(rule, ['cpu'])).toEqual([{ name: 'gpu', fault: 'unknown' }]);
    expect(ruleFaults({ ...rule, levels: { bandwidth: micros(1n) } }, ['cpu'])).toEqual([]);
  });
});

const milli = (...units: number[]): Milli[] => units.map((unit) => (1000 * unit) as Milli);

/** Two sites, of which the second has no GPU. */
const spec: MarketSpec = {
  resources: ['gpu', 'cpu'],
  sites: [
    { id: 'a', capacityMilli: milli(2, 4) },
    { id: 'b', capacityMilli: milli(0, 12) },
  ],
  slotCount: 4,
  chunkKB: 1000 as Milli,
  bandwidthKB: 100_000 as Milli,
  prices: { kind: 'flat', level: micros(16_000_000n), levels: { bandwidth: micros(50_000_000n) } },
};
const POSTED = [500_000n, 8_000_000n, 1_000_000n, 8_000_000n, 1_000_000n];

describe('a book with flat prices', () => {
  it('posts the same at every site, sold or not', () => {
    const book = createBook(spec, 0);
    expect(pricesOf(book, 0)).toEqual(POSTED);
    occupy(book, 1, [100_000, 2_000, 4_000, 0, 11_999]);
    expect(pricesOf(book, 1)).toEqual(POSTED);
    expect(somePricesOf(book, 1, 1, 3)).toEqual(POSTED.slice(1, 4));
  });

  it('follows the capacity of the slot alone', () => {
    const book = createBook(spec, 0);
    setCapacity(book, 1, [50_000, 1_000, 4_000, 1_000, 4_000]);
    setCapacity(book, 2, [0, 4_000, 4_000, 0, 12_000]);
    const inSlots = (of = book): bigint[][] => [1, 2, 3].map((slot) => pricesOf(of, slot));
    const posted = [
      [1_000_000n, 8_000_000n, 2_000_000n, 8_000_000n, 2_000_000n],
      [50_000_000n, 4_000_000n, 1_000_000n, 4_000_000n, 1_000_000n],
      POSTED,
    ];
    expect(inSlots()).toEqual(posted);
    expect(inSlots(copyBook(book))).toEqual(posted);
    advanceBook(book, 1);
    expect(inSlots()).toEqual(posted);
    expect(pricesOf(book, 4)).toEqual(POSTED);
  });
});
