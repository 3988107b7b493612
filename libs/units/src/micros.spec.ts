import fc from 'fast-check';
import { formatMicros, micros, parseMicros } from './micros.js';

/** Written plainly: whole credits, and six digits without the zeros at their end. */
function plain(amount: bigint): string {
  const magnitude = amount < 0n ? -amount : amount;
  const digits = magnitude.toString().padStart(7, '0');
  const fraction = digits.slice(-6).replace(/0+$/, '');
  return `${amount < 0n ? '-' : ''}${digits.slice(0, -6)}${fraction === '' ? '' : `.${fraction}`}`;
}

describe('formatMicros', () => {
  it('writes every amount as a decimal of credits, however large', () => {
    const near = [2n ** 53n - 1n, 2n ** 53n, 2n ** 53n + 1n, 9_007_199_254_000_000n, 999_999n, 1_000_000n, 1n, 0n];
    for (const amount of [...near, ...near.map((each) => -each)]) expect(formatMicros(amount)).toBe(plain(amount));
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }), fc.nat(80), (amount, shift) => {
        expect(formatMicros(amount >> BigInt(shift))).toBe(plain(amount >> BigInt(shift)));
      }),
      { numRuns: 2_000 },
    );
  });

  it('is read back as it was', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 62n }), (amount) => expect(parseMicros(formatMicros(amount))).toBe(micros(amount))),
    );
  });
});
