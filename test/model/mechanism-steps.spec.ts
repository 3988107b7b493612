/** Real: the mechanism. Counts steps, never time: no search takes more than its bound, over a grid of sizes up to the limits. */
import { type Fill, sizedBook, sizedJob, type JobSize } from '#lab';
import { budgetsOf, createDefaultOracle, decisionSteps, type DefaultOracle, menuSteps, SEARCH_STEPS_MAX, type TrainingJob } from '#kinds';
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
  { chunks: 256, epochs: 10, homes: 'spread', parameters: 'light' },
  { chunks: 20_000, epochs: 20, homes: 'spread', parameters: 'light' },
];

/** Steps of a run. */
function counted(oracle: DefaultOracle, run: () => unknown): number {
  const before = oracle.steps();
  run();
  return oracle.steps() - before;
}

const decidedBy = (oracle: string, book: Book): Book => ({ ...book, spec: { ...book.spec, oracle } });

/** Steps of a decision whose value does not fall, so that it looks at every completion as a menu does. */
const stepsOf = (oracle: DefaultOracle, book: Book, job: TrainingJob): number =>
  counted(oracle, () =>
    admit({ book, bid: { job, valuation: { kind: 'deadline', value: 1e9, deadline: book.slotCount } }, arrival: 0, oracle }),
  );

/** Markets of few sites, where version 4 prices the homes of large jobs, with what is the most work there. */
const FEW_SITES: readonly MarketSize[] = [
  { sites: 9, slots: 50, resources: 3 },
  { sites: 16, slots: 20, resources: 3 },
];

describe.each<[string, readonly MarketSize[], readonly Fill[]]>([
  ['default/3', MARKETS, ['differing']],
  ['default/4', FEW_SITES, ['half', 'differing']],
])('steps of %s', (version, markets, fills) => {
  const oracle = createDefaultOracle({ budgets: budgetsOf(version) });

  it.each(markets)('are within their bounds: $sites sites, $slots slots, $resources resources', (market) => {
    expect(sizeFault(market)).toBeUndefined();
    for (const fill of fills) {
      const book = decidedBy(version, sizedBook(market, fill, 1));
      for (const size of JOBS) {
        const job = sizedJob(size, market, 2);
        const bound = Math.min(SEARCH_STEPS_MAX, decisionSteps(book, job));
        expect({ size, fill, over: stepsOf(oracle, book, job) > bound }).toEqual({ size, fill, over: false });
        expect(menuSteps(book, job)).toBeGreaterThan(decisionSteps(book, job));
      }
    }
  });

  it('do not depend on the value', () => {
    const market = { sites: 6, slots: 8, resources: 2 };
    const book = decidedBy(version, sizedBook(market, 'differing', 3));
    const job = sizedJob({ chunks: 6, epochs: 10, homes: 'spread', parameters: 'heavy' }, market, 4);
    const menu = () => menuOf({ book, job, arrival: 0, oracle });
    const first = JSON.stringify(menu(), (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));
    for (const value of [0, 1, 1e3, 1e6]) {
      admit({ book, bid: { job, valuation: { kind: 'linear', value, decay: value / 9 } }, arrival: 0, oracle });
      expect(JSON.stringify(menu(), (_, each: unknown) => (typeof each === 'bigint' ? each.toString() : each))).toBe(first);
    }
  });
});
