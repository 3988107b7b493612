import fc from 'fast-check';
import { exactPowerPrice } from './exact-power.js';
import { postedPrice } from './prices.js';

const UNIT = 1_000_000;
const price = (used: number, capacity: number, gamma = 1000, unit = UNIT, reserve = 0): number =>
  postedPrice(used, capacity, gamma, unit, reserve);

describe('posted price', () => {
  it('is the reserve when nothing is sold and unit * (gamma - 1) + reserve when all is', () => {
    expect(price(0, 12_000)).toBe(0);
    expect(price(0, 12_000, 1000, UNIT, 250_000)).toBe(250_000);
    expect(price(12_000, 12_000)).toBe(999_000_000);
    expect(price(12_000, 12_000, 1000, UNIT, 7)).toBe(999_000_007);
  });

  it('charges for what has no capacity as for what is sold out', () => {
    expect(price(0, 0)).toBe(999_000_000);
    expect(price(0, 0, 2.5)).toBe(1_500_000);
  });

  it('hits values known in closed form', () => {
    expect(price(6_000, 12_000, 4)).toBe(1_000_000); // 4^(1/2) - 1
    expect(price(4_000, 12_000)).toBe(9_000_000); // 1000^(1/3) - 1
    expect(price(1, 1, 1)).toBe(0);
  });

  it('rounds an exact half up', () => {
    expect(price(1, 1, 1.5, 1)).toBe(1); // 1 * 0.5
    expect(price(1, 2, 6.25, 1)).toBe(2); // 1 * (2.5 - 1)
    expect(Number(exactPowerPrice(6.25, 1, 2, 1n))).toBe(2);
  });

  it('agrees with 192-bit arithmetic to the last micro-credit', () => {
    const cell = fc.record({
      capacity: fc.integer({ min: 1, max: 40_000_000 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      gamma: fc.constantFrom(1.01, 2, 10, 999.5, 1000, 50_000),
    });
    fc.assert(
      fc.property(cell, ({ capacity, share, gamma }) => {
        const used = Math.floor(share * capacity);
        expect(price(used, capacity, gamma)).toBe(Number(exactPowerPrice(gamma, used, capacity, BigInt(UNIT))));
      }),
      { numRuns: 2_000, verbose: 1 },
    );
  });

  it('agrees with 192-bit arithmetic where one double cannot tell: dear units, uneven gammas, prices beyond 2^53, near-ties', () => {
    const seed = Date.now();
    const cell = fc.record({
      capacity: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 1e12 })),
      share: fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(1, 0.5, 0.25, 0.75, 1e-12)),
      gamma: fc.oneof(fc.constantFrom(1, 1.0000001, 2.25, 6.25, 999_999.5, 1e6), fc.double({ min: 1, max: 1e6, noNaN: true })),
      unit: fc.oneof(fc.constantFrom(1, 3, 999_999_999_000_000, 999_999_999_999_999), fc.integer({ min: 1, max: 1e15 })),
    });
    fc.assert(
      fc.property(cell, ({ capacity, share, gamma, unit }) => {
        const used = Math.ceil(share * capacity);
        fc.pre(used > 0);
        expect(price(used, capacity, gamma, unit)).toBe(Number(exactPowerPrice(gamma, used, capacity, BigInt(unit))));
      }),
      { numRuns: 5_000, seed }, // a failure prints the seed
    );
  });

  it('never falls as more is sold', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30_000 }),
        fc.integer({ min: 0, max: 30_000 }),
        fc.integer({ min: 0, max: 30_000 }),
        (capacity, a, b) => {
          const [less, more] = [Math.min(a, b, capacity), Math.min(Math.max(a, b), capacity)];
          expect(price(less, capacity)).toBeLessThanOrEqual(price(more, capacity));
        },
      ),
    );
  });
});
