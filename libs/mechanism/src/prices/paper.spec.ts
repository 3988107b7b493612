import fc from 'fast-check';
import { postedPrice } from './paper.js';

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
