/** Real: posted prices. Their law is 192-bit arithmetic, slowly: the same to the last micro-credit, and how seldom it is needed. */
import fc from 'fast-check';
import { createDefaultOracle, decisionSteps, type TrainingBid } from '#kinds';
import { admit, type Book, createBook, type MarketSpec, occupy, paperRule, postedPrice } from '#mechanism';
import { micros, type Milli } from '#units';
import { lawfulRaise, nearHalves } from '../laws/price.js';
import { seeded } from '../support/mechanism-arbitraries.js';

const CAPACITY_MAX = 1e12;
const whole = (max: number) => fc.integer({ min: 1, max: Math.floor(max) });

/** Shares of a capacity: any, next to nothing, and small fractions, at which a root of gamma may be rational. */
const share = fc.oneof(
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.double({ min: 0, max: 1e-9, noNaN: true }),
  fc.tuple(whole(40), whole(40)).map(([a, b]) => Math.min(a, b) / Math.max(a, b)),
);
const capacity = fc.oneof(
  whole(100),
  whole(CAPACITY_MAX),
  whole(CAPACITY_MAX / 720_720).map((times) => times * 720_720),
);
/** Powers of dyadic numbers, whose roots are rational; others near to them and to the extremes. */
const power = fc.tuple(whole(4_000), fc.integer({ min: 0, max: 12 }), whole(20)).map(([a, twos, n]) => (a / 2 ** twos) ** n);
const gamma = fc
  .oneof(
    power,
    fc.constantFrom(1, 1 + 2 ** -52, 1.0000001, 2.25, 6.25, 1000, 999_999.5, 1e6),
    fc.double({ min: 1, max: 1e6, noNaN: true }),
    fc.double({ min: 1, max: 1.001, noNaN: true }),
  )
  .filter((value) => value >= 1 && value <= 1e6);
const unit = fc.oneof(whole(1e15), whole(20), fc.constantFrom(1_000_000, 1_000_001, 999_999_999_000_000, 1e15));

const lawful = (used: number, all: number, base: number, unitMicros: number): number =>
  Number(lawfulRaise(base, used, all, BigInt(unitMicros)));

describe('posted prices', () => {
  it('are what 192-bit arithmetic says, to the last micro-credit', () => {
    fc.assert(
      fc.property(gamma, unit, fc.array(fc.tuple(capacity, share), { minLength: 1, maxLength: 4 }), (base, unitMicros, cells) => {
        for (const [all, part] of cells) {
          const used = Math.min(all, Math.max(1, Math.round(part * all)));
          expect({ used, all, price: postedPrice(used, all, base, unitMicros, 0) }).toEqual({
            used,
            all,
            price: lawful(used, all, base, unitMicros),
          });
        }
      }),
      seeded('posted prices', 3_000, Date.now()),
    );
  });

  it('are so next to halves: shares chosen to come as near as capacities allow', () => {
    for (const [base, unitMicros] of [
      [2.25, 1_000_001],
      [1000, 1_000_000],
      [999_999.5, 999_999_999_000_000],
      [1.0000001, 1e15],
    ]) {
      for (const { used, all } of nearHalves({ gamma: base, unitMicros, capacityMax: CAPACITY_MAX, count: 100 }))
        expect({ used, all, price: postedPrice(used, all, base, unitMicros, 0) }).toEqual({
          used,
          all,
          price: lawful(used, all, base, unitMicros),
        });
    }
  });

  it('are so wherever gamma^u is rational', () => {
    for (const base of [2, 2.25, 1.5 ** 12, 64, 729, 1e6, 1.25 ** 6, 531_441 / 4096])
      for (let all = 1; all <= 24; all++)
        for (let used = 1; used <= all; used++)
          for (const unitMicros of [1, 2, 1_000_001])
            expect(postedPrice(used, all, base, unitMicros, 0)).toBe(lawful(used, all, base, unitMicros));
  });
});

const SITES = 600;
const SLOTS = 4;
const RESOURCES = 4;

/** Sites whose capacities differ and are even, half of every one sold, or sold so that each price is as near to a half as capacities allow. */
function halvesBook(sold: 'half' | 'near halves'): Book {
  const near = nearHalves({ gamma: 2.25, unitMicros: 1_000_001, capacityMax: CAPACITY_MAX, count: SITES });
  const capacityOf = (site: number): number => (sold === 'half' ? 200_000 + 2 * site : near[site].all);
  const names = Array.from({ length: RESOURCES }, (_, k) => `resource-${k}`);
  const spec: MarketSpec = {
    resources: names,
    sites: Array.from({ length: SITES }, (_, site) => ({
      id: `site-${site}`,
      capacityMilli: new Array<Milli>(RESOURCES).fill(capacityOf(site) as Milli),
    })),
    slotCount: SLOTS,
    chunkKB: 2_000 as Milli,
    bandwidthKB: 2_000_000 as Milli,
    prices: paperRule(names, 2.25, { unit: micros(1_000_001n), reserve: micros(0n) }),
  };
  const book = createBook(spec, 0);
  const used = Array.from(book.capacity, (all, cell) =>
    sold === 'half' || cell === 0 ? all / 2 : near[Math.floor((cell - 1) / RESOURCES)].used,
  );
  for (let slot = 0; slot < SLOTS; slot++) occupy(book, slot, used);
  return book;
}

const chunk = (value: number): TrainingBid => ({
  job: {
    chunks: Array.from({ length: SITES }, (_, site) => (site === 0 ? 1 : 0)),
    epochs: 10,
    throughputMilli: 20_000 as Milli,
    parameterKB: 100 as Milli,
    workerMilli: new Array<Milli>(RESOURCES).fill(1000 as Milli),
    psMilli: new Array<Milli>(RESOURCES).fill(1000 as Milli),
  },
  valuation: { kind: 'deadline', value, deadline: SLOTS },
});

describe('steps of pricing', () => {
  const oracle = createDefaultOracle();
  /** Steps of deciding a bid. */
  const decided = (book: Book, bid: TrainingBid): number => {
    const before = oracle.steps();
    admit({ book, bid, arrival: 0, oracle });
    return oracle.steps() - before;
  };

  it('are few where prices are exact halves, and counted once', () => {
    const book = halvesBook('half');
    const cells = SLOTS * book.stride;
    const first = decided(book, chunk(1e9));
    const again = decided(book, chunk(1e9));
    expect(first - again).toBeGreaterThanOrEqual(cells);
    expect(first - again).toBeLessThan(30 * cells);
  });

  it.each(['half', 'near halves'] as const)('are within what a decision is expected to take, before and after: %s', (sold) => {
    const book = halvesBook(sold);
    for (const wasPriced of [false, true]) {
      const bound = decisionSteps(book, chunk(1e9).job);
      expect({ wasPriced, isWithin: decided(book, chunk(1e9)) <= bound }).toEqual({ wasPriced, isWithin: true });
    }
  });

  it('raise what a decision is expected to take while a slot is not priced, and are not taken for slots that it never looks at', () => {
    const book = halvesBook('half');
    const { job } = chunk(0);
    const unpriced = decisionSteps(book, job);
    admit({ book, bid: { job, valuation: { kind: 'deadline', value: 1e-6, deadline: 0 } }, arrival: 0, oracle });
    const rest = decisionSteps(book, job);
    expect(Array.from(book.priced)).toEqual([1, 1, 0, 0]);
    decided(book, chunk(1e9));
    expect(unpriced - rest).toBe(rest - decisionSteps(book, job));
    expect(unpriced).toBeGreaterThan(rest);
  });
});
