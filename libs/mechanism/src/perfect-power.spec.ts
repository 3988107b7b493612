import fc from 'fast-check';
import { perfectPowerOf, rationalRaises } from './perfect-power.js';

describe('perfect power', () => {
  it.each([
    [2.25, { odd: 3n, twos: -1, power: 2 }],
    [1024, { odd: 1n, twos: 1, power: 10 }],
    [1_000_000, { odd: 5n, twos: 1, power: 6 }],
    [999_999.5, { odd: 1_999_999n, twos: -1, power: 1 }],
    [1, { odd: 1n, twos: 0, power: 1 }],
    [1.5 ** 20, { odd: 3n, twos: -1, power: 20 }],
  ])('of %d', (value, { odd, twos, power }) => {
    expect(perfectPowerOf(value)).toEqual({ odd, twos, power });
  });

  it('is the number itself, and no root of it has a root', () => {
    const root = fc.record({
      odd: fc.integer({ min: 0, max: 500 }),
      twos: fc.integer({ min: -8, max: 4 }),
      power: fc.integer({ min: 1, max: 6 }),
    });
    fc.assert(
      fc.property(root, ({ odd, twos, power }) => {
        const value = ((2 * odd + 1) * 2 ** twos) ** power;
        fc.pre(Number.isSafeInteger((2 * odd + 1) ** power) && value >= 1);
        const found = perfectPowerOf(value);
        expect(found.power % power === 0 || found.odd === 1n).toBe(true);
        expect(Number(found.odd) ** found.power * 2 ** (found.twos * found.power)).toBe(value);
        expect(perfectPowerOf(Number(found.odd) * 2 ** found.twos).power).toBe(1);
      }),
    );
  });

  it('rounds exact halves up', () => {
    expect(rationalRaises(2.25, 1_000_001)).toEqual([0, 500_001, 1_250_001]); // 500000.5 and 1250001.25
  });
});
