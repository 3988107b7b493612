/** Real: the mechanism. Counts steps, never time: no search takes more than its bound, over a grid of sizes up to the limits. */
import { FILLS, sizedBook, sizedJob, type JobSize } from '#lab';
import { createDefaultOracle, decisionSteps, menuSteps, SEARCH_STEPS_MAX, type TrainingJob } from '#kinds';
import { admit, type Book, type MarketSize, menuOf, sizeFault } from '#mechanism';

const MARKETS: readonly MarketSize[] = [
  { sites: 9, slots: 50, resources: 3 },
  { sites: 50, slots: 60, resources: 3 },
  { sites: 2_000, slots: 8, resources: 2 },
  { sites: 10, slots: 1_000, resources: 2 },
];
const JOBS: readonly JobSize[] = [
  { chunks: 1, epochs: 10, homes: 'spread', parameters: 'heavy' },
  { chunks: 3, epochs: 10, homes: 'spread', parameters: 'light' },
  { chunks: 10, epochs: 30, homes: 'concentrated', parameters: 'light' },
  { chunks: 20, epochs: 60, homes: 'spread', parameters: 'heavy' },
  { chunks: 150, epochs: 30, homes: 'spread', parameters: 'heavy' },
  { chunks: 20_000, epochs: 20, homes: 'spread', parameters: 'light' },
];

const oracle = createDefaultOracle();

/** Steps of a run. */
function counted(run: () => unknown): number {
  const before = oracle.steps();
  run();
  return oracle.steps() - before;
}

/** Steps of a decision whose value does not fall, so that it looks at every completion as a menu does. */
const stepsOf = (book: Book, job: TrainingJob): number =>
  counted(() => admit({ book, bid: { job, valuation: { kind: 'deadline', value: 1e9, deadline: book.slotCount } }, arrival: 0, oracle }));

describe('steps', () => {
  it.each(MARKETS)('are within their bounds: $sites sites, $slots slots, $resources resources', (market) => {
    expect(sizeFault(market)).toBeUndefined();
    const isLarge = market.sites * market.slots > 5_000;
    for (const fill of FILLS.filter((one) => one === 'differing' || (one === 'falling' && !isLarge))) {
      const book = sizedBook(market, fill, 1);
      for (const size of JOBS) {
        const job = sizedJob(size, market, 2);
        const bound = Math.min(SEARCH_STEPS_MAX, decisionSteps(book, job));
        expect({ size, fill, over: stepsOf(book, job) > bound }).toEqual({ size, fill, over: false });
        expect(menuSteps(book, job)).toBeGreaterThan(decisionSteps(book, job));
      }
    }
  });

  it('do not depend on the value', () => {
    const market = { sites: 6, slots: 8, resources: 2 };
    const book = sizedBook(market, 'differing', 3);
    const job = sizedJob({ chunks: 6, epochs: 10, homes: 'spread', parameters: 'heavy' }, market, 4);
    const menu = () => menuOf({ book, job, arrival: 0, oracle });
    const first = JSON.stringify(menu(), (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));
    for (const value of [0, 1, 1e3, 1e6]) {
      admit({ book, bid: { job, valuation: { kind: 'linear', value, decay: value / 9 } }, arrival: 0, oracle });
      expect(JSON.stringify(menu(), (_, each: unknown) => (typeof each === 'bigint' ? each.toString() : each))).toBe(first);
    }
  });
});
