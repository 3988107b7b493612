import { micros, type Milli } from '#units';
import fc from 'fast-check';
import { advanceBook, copyBook, createBook, occupy, pricesOf, usageOf, type Book } from './book.js';
import { paperRule, postedPrice } from './prices/paper.js';
import type { MarketSpec } from './types.js';

const milli = (value: number): Milli => value as Milli;

const GAMMA = 999_999.5;
const UNIT = 999_999_999_000_000n;
const RESERVE = 7n;
const namesOf = (resources: number): string[] => Array.from({ length: resources }, (_, k) => `r${k}`);

const specOf = (sites: number, slots: number, resources: number, capacity: (site: number) => number): MarketSpec => ({
  resources: namesOf(resources),
  sites: Array.from({ length: sites }, (_, site) => ({
    id: `s${site}`,
    capacityMilli: new Array<Milli>(resources).fill(milli(capacity(site))),
  })),
  slotCount: slots,
  chunkKB: milli(1),
  bandwidthKB: milli(1000),
  prices: paperRule(namesOf(resources), GAMMA, { unit: micros(UNIT), reserve: micros(RESERVE) }),
});

/** Every price of a slot, computed anew. */
const pricesAnew = ({ capacity }: Book, used: readonly number[]): bigint[] =>
  used.map((sold, cell) => BigInt(postedPrice(sold, capacity[cell], GAMMA, Number(UNIT), Number(RESERVE))));

describe('book', () => {
  it('prices nothing before it is looked at, and no slot but that one', () => {
    const book = createBook(
      specOf(20, 10_000, 16, () => 0),
      0,
    );
    expect(book.priced.some((flag) => flag === 1)).toBe(false);
    expect(pricesOf(book, 5)).toEqual(pricesAnew(book, usageOf(book, 5)));
    expect(book.priced.reduce((sum, flag) => sum + flag, 0)).toBe(1);
  });

  it('has the prices of its usage however it came to it', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('sell' as const), slot: fc.nat(5), cells: fc.array(fc.nat(4), { minLength: 7, maxLength: 7 }) }),
      fc.record({ kind: fc.constant('look' as const), slot: fc.nat(5) }),
      fc.record({ kind: fc.constant('advance' as const), by: fc.nat(3) }),
      fc.record({ kind: fc.constant('copy' as const) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        let book = createBook(
          specOf(3, 6, 2, (site) => 4 * site),
          0,
        );
        for (const one of steps) {
          if (one.kind === 'sell')
            occupy(
              book,
              book.baseSlot + one.slot,
              one.cells.map((sold, cell) => Math.min(sold, book.capacity[cell])),
            );
          if (one.kind === 'look') pricesOf(book, book.baseSlot + one.slot);
          if (one.kind === 'advance') advanceBook(book, book.baseSlot + one.by);
          if (one.kind === 'copy') book = copyBook(book);
        }
        for (let slot = book.baseSlot; slot < book.baseSlot + 6; slot++)
          expect(pricesOf(book, slot)).toEqual(pricesAnew(book, usageOf(book, slot)));
      }),
      { numRuns: 200 },
    );
  });
});
