import type { BidBody } from '#kinds';
import fc from 'fast-check';
import { historyArb, isPayoffInside, lived, livedOut, slotsTwiceOf } from '../support/after-sale-histories.js';

// Real: deciding, victims, repairs, returns, the settlement. Only the database is left out. More histories: ERIS_HISTORIES=10000.
const RUNS = Number(process.env.ERIS_HISTORIES ?? 400);
const MS_MAX = Math.max(120_000, RUNS * 50);

describe('after any failures', () => {
  it(
    'nobody is better off than without them, nor worse off than with nothing where it said refund, and all that was paid is accounted for',
    () => {
      let hits = 0;
      fc.assert(
        fc.property(historyArb, (history) => {
          const market = livedOut(history);
          const all = [...market.told.values()];
          expect(market.broken).toEqual([]);
          expect(all.filter((told) => !isPayoffInside(told))).toEqual([]);
          expect(market.moved).toBe(all.reduce((sum, { payment }) => sum + payment, 0n));
          expect(all.map(slotsTwiceOf).filter((count) => count > 0)).toEqual([]);
          hits += market.log.length;
        }),
        { numRuns: RUNS },
      );
      expect(hits).toBeGreaterThan(RUNS / 4);
    },
    MS_MAX,
  );

  it(
    'who is hit, where they go and what comes back does not depend on what anything is worth',
    () => {
      fc.assert(
        fc.property(historyArb, (history) => {
          const otherwise = (body: BidBody): BidBody => ({ ...body, valuation: { kind: 'deadline', value: 1, deadline: 0 } });
          expect(lived(history, otherwise).log).toEqual(lived(history).log);
        }),
        { numRuns: Math.ceil(RUNS / 4) },
      );
    },
    MS_MAX,
  );
});
