import fc from 'fast-check';
import { leastSums, shareOf } from './sums.js';

const price = fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 0, max: 50 }) }, { weight: 1, arbitrary: fc.constant(Infinity) });
/** A curve and what stands on one side of it, Infinity beyond its reach, in the middle of larger arrays. */
const sums = fc
  .record({ width: fc.integer({ min: 1, max: 24 }), here: fc.integer({ min: 0, max: 3 }), after: fc.integer({ min: 0, max: 3 }) })
  .chain(({ width, here, after }) =>
    fc.record({
      width: fc.constant(width),
      here: fc.constant(here),
      after: fc.constant(after),
      top: fc.integer({ min: 0, max: width - 1 }),
      reach: fc.integer({ min: 0, max: width - 1 }),
      first: fc.integer({ min: 0, max: width - 1 }),
      curve: fc.array(price, { minLength: here + width, maxLength: here + width }),
      rest: fc.array(price, { minLength: after + width, maxLength: after + width }),
    }),
  );

describe('least sums of a curve and the rest', () => {
  it('are those that trying every share finds, and their shares make them up', () => {
    fc.assert(
      fc.property(sums, ({ width, here, after, top, reach, first, ...given }) => {
        const curve = Float64Array.from(given.curve);
        const rest = Float64Array.from(given.rest);
        rest.fill(Infinity, after + reach + 1);
        const least = new Float64Array(after + 2 * width).fill(-1);
        least.set(rest);
        const end = Math.min(width - 1, reach + top);
        const to = after + width;
        leastSums(curve, here, top, least, after, reach, least, to, first, end);
        for (let m = 0; m < width; m++) {
          const ways = Array.from({ length: Math.min(m, top) + 1 }, (_, n) =>
            n === 0 ? rest[after + m] : curve[here + n] + rest[after + m - n],
          );
          expect(least[to + m]).toBe(m < first || m > end ? -1 : Math.min(...ways));
          if (least[to + m] < 0 || least[to + m] === Infinity) continue;
          const share = shareOf(curve, here, least, after, m, to + m);
          expect(ways[share]).toBe(least[to + m]);
          expect(ways.slice(0, share)).not.toContain(least[to + m]);
        }
      }),
    );
  });
});
