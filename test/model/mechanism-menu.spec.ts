/** Real: the mechanism and both oracles. What may move a menu and what may not. */
import { createOracle, footprintOf, type TrainingJob, type TrainingMenu } from '#kinds';
import { admit, createBook, type MarketSpec, menuOf, paymentLines, quote, totalOf, usageOf } from '#mechanism';
import type { Milli } from '#units';
import fc from 'fast-check';
import { assertMenu } from '../laws/menu.js';
import { assertValid } from '../laws/schedule.js';
import { bookAfter, jobArb, sequenceArb, seeded, valuationArb } from '../support/mechanism-arbitraries.js';

const RUNS = 150;

/** A market with a past, a job that arrives in slot `arrival`, and other things that a test needs of the same market. */
const marketWithJob = sequenceArb(5).chain(({ spec, bids }) =>
  fc.record({
    spec: fc.constant(spec),
    bids: fc.constant(bids),
    job: jobArb(spec),
    other: jobArb(spec),
    arrival: fc.integer({ min: 0, max: spec.slotCount - 1 }),
  }),
);

const text = (value: unknown): string => JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? `${part}n` : part));
const priceAt = (menu: TrainingMenu, completion: number): bigint | undefined =>
  menu.find((entry) => entry.completion === completion)?.price;

/** Completions at which `dear` is cheaper than `cheap` by more than rounding (one micro-credit a payment line), or possible where `cheap` isn't. */
function cheaper({ cheap, dear }: { cheap: TrainingMenu; dear: TrainingMenu }): readonly string[] {
  return dear.flatMap(({ completion, price }) => {
    const bar = priceAt(cheap, completion);
    if (bar === undefined) return [`possible at ${completion} only for the larger`];
    return price + ROUNDING < bar ? [`${completion}: ${price} below ${bar}`] : [];
  });
}
const ROUNDING = 300n;

describe.each(['default', 'paper'] as const)('menus, oracle %s', (name) => {
  const oracle = createOracle(name);

  it('rise never, and hold valid schedules at posted prices', () => {
    fc.assert(
      fc.property(marketWithJob, ({ spec, bids, job, arrival }) => {
        const book = bookAfter({ spec, bids }, oracle);
        const menu = menuOf({ book, job, arrival, oracle });
        assertMenu(menu);
        for (const { plan: schedule, price } of menu) {
          assertValid({
            spec,
            usage: (slot) => usageOf(book, slot),
            job,
            arrival,
            schedule,
            completion: schedule.at(-1)?.slot ?? -1,
            horizonEnd: spec.slotCount,
          });
          expect(price).toBe(totalOf(paymentLines(book, footprintOf(book.spec, job, schedule))));
        }
      }),
      seeded(`menu laws, ${name}`, RUNS),
    );
  });

  it('do not depend on the valuation, the funds, or what the oracle did before', () => {
    fc.assert(
      fc.property(marketWithJob, valuationArb, valuationArb, ({ spec, bids, job, other, arrival }, first, second) => {
        const book = bookAfter({ spec, bids }, oracle);
        const menu = text(menuOf({ book, job, arrival, oracle: createOracle(name) }));
        expect(text(quote({ book, bid: { job, valuation: first }, arrival, oracle }).menu)).toBe(menu);
        admit({ book, bid: { job: other, valuation: second }, arrival, fundsMicros: 5n, oracle });
        expect(text(quote({ book, bid: { job, valuation: second }, arrival, oracle }).menu)).toBe(menu);
      }),
      seeded(`independence, ${name}`, RUNS),
    );
  });
});

/** Each way to ask for more. */
const LARGER: Readonly<Record<string, (job: TrainingJob, spec: MarketSpec) => TrainingJob>> = {
  'a chunk more': (job) => ({ ...job, chunks: job.chunks.map((count, site) => (site === 0 ? count + 1 : count)) }),
  'an epoch more': (job) => ({ ...job, epochs: job.epochs + 1 }),
  'less throughput': (job) => ({ ...job, throughputMilli: Math.max(1, Math.floor(job.throughputMilli * 0.8)) as Milli }),
  'larger workers': (job) => ({ ...job, workerMilli: job.workerMilli.map((milli) => (milli + 500) as Milli) }),
  'a larger server': (job) => ({ ...job, psMilli: job.psMilli.map((milli) => (milli + 500) as Milli) }),
  'more parameters': (job) => ({ ...job, parameterKB: (job.parameterKB + 1500) as Milli }),
};

describe('asking for more', () => {
  const oracle = createOracle('default');

  it.each(Object.entries(LARGER))('is never cheaper on small markets: %s', (what, enlarge) => {
    fc.assert(
      fc.property(marketWithJob, ({ spec, bids, job, arrival }) => {
        fc.pre(job.chunks.some((count) => count > 0));
        const book = bookAfter({ spec, bids }, oracle);
        const cheap = menuOf({ book, job, arrival, oracle });
        expect(cheaper({ cheap, dear: menuOf({ book, job: enlarge(job, spec), arrival, oracle }) })).toEqual([]);
      }),
      seeded(`larger, ${what}`, RUNS),
    );
  });
});

describe('waiting', () => {
  it('never gains while usage only grows', () => {
    const oracle = createOracle('default');
    fc.assert(
      fc.property(marketWithJob, fc.integer({ min: 1, max: 3 }), ({ spec, bids, job, arrival }, wait) => {
        fc.pre(arrival + wait < spec.slotCount);
        const now = menuOf({ book: createBook(spec, 0), job, arrival, oracle });
        const later = menuOf({ book: bookAfter({ spec, bids }, oracle), job, arrival: arrival + wait, oracle });
        expect(cheaper({ cheap: now, dear: later })).toEqual([]);
      }),
      seeded('waiting', RUNS),
    );
  });
});
