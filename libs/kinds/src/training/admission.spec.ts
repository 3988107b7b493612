import {
  admit,
  advanceBook,
  applyFootprint,
  type Book,
  createBook,
  type MarketSpec,
  menuOf,
  occupy,
  paperRule,
  quote,
  usageOf,
  type Valuation,
} from '#mechanism';
import { formatMicros, micros, type Milli } from '#units';
import { createOracle, type TrainingBid, type TrainingJob, type TrainingOracle } from './index.js';

const milli = (...units: number[]): Milli[] => units.map((unit) => (unit * 1000) as Milli);

/** Two sites of 4 CPU each and 100 MB of bandwidth a slot; chunks of 2 MB. */
function market(change: Partial<MarketSpec> = {}): Book {
  const sites = ['a', 'b'].map((id) => ({ id, capacityMilli: milli(4) }));
  const prices = paperRule(['cpu'], 1000, { unit: micros(1_000_000n), reserve: micros(0n) });
  return createBook(
    { resources: ['cpu'], sites, slotCount: 4, chunkKB: 2000 as Milli, bandwidthKB: 100_000 as Milli, prices, ...change },
    0,
  );
}

/** One chunk at each site; a worker does one chunk a slot with 1 CPU; the parameter server takes 1 CPU. */
const job = (change: Partial<TrainingJob> = {}): TrainingJob => ({
  chunks: [1, 1],
  epochs: 10,
  throughputMilli: 10_000 as Milli,
  parameterKB: 5000 as Milli,
  workerMilli: milli(1),
  psMilli: milli(1),
  ...change,
});

const worth = (value: number): Valuation => ({ kind: 'deadline', value, deadline: 3 });
const bid = (change: Partial<TrainingJob> = {}, valuation = worth(1000)): TrainingBid => ({ job: job(change), valuation });
const oracle = createOracle('default');
const decide = (book: Book, of: TrainingBid, arrival = 0, fundsMicros?: bigint) => admit({ book, bid: of, arrival, fundsMicros, oracle });
const codeOf = (book: Book, of: TrainingBid, arrival = 0, fundsMicros?: bigint): string => {
  const decision = decide(book, of, arrival, fundsMicros);
  return decision.kind === 'accepted' ? 'accepted' : decision.refusal.code;
};

describe('admission', () => {
  it('gives an empty market away at the reserve price, at once, without moving more than it must', () => {
    const decision = decide(market(), bid());
    expect(decision).toMatchObject({ kind: 'accepted', completion: 0, payment: 0n, value: 1_000_000_000n });
    // one chunk moves to the server's site (2 MB) rather than a worker exchanging parameters from its own (5 MB)
    expect(decision.kind === 'accepted' && decision.plan).toEqual([
      { slot: 0, ps: 0, workers: [2, 0], moves: [{ home: 1, place: 0, chunks: 1 }], home: [1, 0] },
    ]);
  });

  it('charges the prices posted before the bid and raises them for the next', () => {
    const book = market();
    const first = decide(book, bid());
    if (first.kind !== 'accepted') throw new Error('refused');
    applyFootprint(book, first.footprint);
    const second = decide(book, bid({}, { kind: 'deadline', value: 1000, deadline: 0 }));
    expect(second).toMatchObject({
      kind: 'accepted',
      payment: second.kind === 'accepted' ? second.lines.reduce((sum, line) => sum + line.amount, 0n) : 0n,
    });
    expect(second.kind === 'accepted' && second.payment).toBeGreaterThan(0n);
  });

  it('chooses the earliest completion of most utility and never charges above the value', () => {
    const book = market();
    occupy(book, 0, [0, 2000, 2000]);
    expect(decide(book, bid())).toMatchObject({ completion: 1, payment: 0n });
    const hurry = decide(book, bid({}, { kind: 'table', values: [1000, 1] }));
    expect(hurry.kind === 'accepted' && hurry.completion).toBe(0);
  });
});

describe('refusals, in their precedence', () => {
  const full = (): Book => {
    const book = market();
    for (let slot = 0; slot < 4; slot++) occupy(book, slot, [0, 4000, 4000]);
    return book;
  };
  it('names no data before anything else', () => expect(codeOf(full(), bid({ chunks: [0, 0] }), 99)).toBe('no_data'));
  it('names the horizon before feasibility', () => expect(codeOf(full(), bid(), 4)).toBe('beyond_horizon'));
  it('names infeasibility before price', () => expect(codeOf(full(), bid({}, worth(0)))).toBe('no_feasible_schedule'));
  it('names the price before the wallet', () => expect(codeOf(market(), bid({}, worth(0)), 0, 0n)).toBe('price_above_value'));
  it('names the wallet where an entry would pass that it cannot pay', () => {
    const book = market();
    for (let slot = 0; slot < 4; slot++) occupy(book, slot, [0, 2000, 2000]);
    expect(codeOf(book, bid(), 0, 1n)).toBe('insufficient_funds');
    expect(codeOf(book, bid(), 0, 1_000_000_000n)).toBe('accepted');
  });
  it('offers the entries that the wallet can pay instead of refusing', () => {
    const book = market();
    occupy(book, 0, [0, 2000, 2000]);
    const rich = decide(book, bid({}, { kind: 'table', values: [1000, 500] }));
    const poor = decide(book, bid({}, { kind: 'table', values: [1000, 500] }), 0, 0n);
    expect(rich).toMatchObject({ kind: 'accepted', completion: 0 });
    expect(poor).toMatchObject({ kind: 'accepted', completion: 1, payment: 0n });
  });
  it('looks for no schedule that the wallet cannot pay once one is known', () => {
    const book = market();
    for (let slot = 0; slot < 4; slot++) occupy(book, slot, [0, 2000, 2000 - 100 * slot]);
    let bounds = 0;
    const counting: TrainingOracle = {
      ...oracle,
      open(...subject) {
        const search = oracle.open(...subject);
        return { ...search, bound: () => (bounds++, search.bound()) };
      },
    };
    const decision = admit({ book, bid: bid(), arrival: 0, fundsMicros: 1n, oracle: counting });
    const [first] = menuOf({ book, job: job(), arrival: 0, oracle });
    expect(decision).toMatchObject({
      kind: 'refused',
      refusal: { code: 'insufficient_funds', nearest: { completion: 0, price: first.price }, floor: { completion: 3 } },
    });
    expect(bounds).toBe(1);
  });
  it('tells what would have passed', () => {
    const book = market();
    for (let slot = 0; slot < 4; slot++) occupy(book, slot, [50_000, 2000, 2000]);
    const { price, plan: schedule } = menuOf({ book, job: job(), arrival: 0, oracle })[3];
    const decision = decide(book, bid({}, worth(Number(price) / 1e6)));
    if (decision.kind !== 'refused' || !decision.refusal.nearest) throw new Error('accepted, or tells nothing');
    expect(decision.refusal.detail).toContain(
      `price ${formatMicros(price)} is not below value ${formatMicros(price)} at completion ${schedule.at(-1)?.slot}`,
    );
  });
  it('tells the floor where no schedule needs to be looked for, the real price in a quote', () => {
    const book = market();
    for (let slot = 0; slot < 4; slot++) occupy(book, slot, [50_000, 2000, 2000]);
    const decision = decide(book, bid({}, worth(0.5)));
    const floor = micros(91_868_328n - 1n); // three CPU at 1000^(1/2) - 1, rounded down
    expect(decision).toMatchObject({ kind: 'refused', refusal: { code: 'price_above_value', floor: { completion: 0, value: 500_000n } } });
    expect(decision.kind === 'refused' && Number(decision.refusal.floor?.price)).toBeCloseTo(Number(floor), -2);
    expect(quote({ book, bid: bid({}, worth(0.5)), arrival: 0, oracle }).refusal?.nearest?.price).toBeGreaterThan(floor);
  });
});

describe('jobs at the edges', () => {
  it.each<[string, Partial<MarketSpec>, Partial<TrainingJob>, string]>([
    ['no capacity anywhere', { sites: ['a', 'b'].map((id) => ({ id, capacityMilli: milli(0) })) }, {}, 'no_feasible_schedule'],
    [
      'data at a site that is gone (no capacity): the chunks move',
      {
        sites: [
          { id: 'a', capacityMilli: milli(0) },
          { id: 'b', capacityMilli: milli(4) },
        ],
      },
      {},
      'accepted',
    ],
    ['a chunk needs more workers than fit in a slot', {}, { throughputMilli: 1000 as Milli }, 'no_feasible_schedule'],
    ['throughput below one chunk: several workers share a chunk', {}, { throughputMilli: 4000 as Milli }, 'accepted'],
    ['chunk-epochs per worker not whole', {}, { throughputMilli: 15_000 as Milli }, 'accepted'],
    ['parameters above the whole budget: the workers sit beside the server', {}, { parameterKB: 1_000_000 as Milli }, 'accepted'],
    ['no bandwidth at all and data at two sites: a slot each', { bandwidthKB: 0 as Milli }, {}, 'accepted'],
    ['no bandwidth at all, data at two sites and one slot', { bandwidthKB: 0 as Milli, slotCount: 1 }, {}, 'no_feasible_schedule'],
    ['no bandwidth at all and data at one site', { bandwidthKB: 0 as Milli }, { chunks: [2, 0] }, 'accepted'],
    ['a horizon of one slot', { slotCount: 1 }, {}, 'accepted'],
  ])('%s', (_, spec, change, code) => {
    for (const name of ['default', 'paper'] as const) {
      const decision = admit({ book: market(spec), bid: bid(change), arrival: 0, oracle: createOracle(name) });
      expect(decision.kind === 'accepted' ? 'accepted' : decision.refusal.code).toBe(code);
    }
  });
});

describe('bandwidth so scarce that almost everything must be trained at home', () => {
  it.each([
    [20, 4, 2, 0.5],
    [60, 8, 6, 2],
    [80, 10, 20, 2],
  ])('finds a schedule for %d chunks a site no later than the paper’s oracle', (perSite, throughput, bandwidth, parameters) => {
    const sites = ['a', 'b', 'c'].map((id) => ({ id, capacityMilli: milli(12) }));
    const scarce = (): Book => market({ sites, slotCount: 50, bandwidthKB: (bandwidth * 1000) as Milli });
    const heavy = job({
      chunks: [perSite, perSite, perSite],
      epochs: 1,
      throughputMilli: (throughput * 1000) as Milli,
      parameterKB: (parameters * 1000) as Milli,
      workerMilli: milli(2),
    });
    const [ours, theirs] = (['default', 'paper'] as const).map((name) =>
      menuOf({ book: scarce(), job: heavy, arrival: 0, oracle: createOracle(name) }),
    );
    expect(ours[0]?.completion).toBeLessThanOrEqual(theirs[0].completion);
  });
});

describe('menu and quote', () => {
  it('lists every completion from the first possible on, never dearer than the one before', () => {
    const book = market();
    occupy(book, 0, [0, 4000, 4000]);
    occupy(book, 1, [0, 2000, 2000]);
    const menu = menuOf({ book, job: job(), arrival: 0, oracle });
    expect(menu.map((entry) => entry.completion)).toEqual([1, 2, 3]);
    expect(menu.map((entry) => entry.price > 0n)).toEqual([true, false, false]);
  });
  it('quotes what admission would decide', () => {
    const book = market();
    occupy(book, 0, [0, 2000, 2000]);
    expect(quote({ book, bid: bid(), arrival: 0, oracle }).best).toMatchObject({ completion: 1, price: 0n });
    expect(quote({ book, bid: bid({}, worth(0)), arrival: 0, oracle })).toMatchObject({
      best: null,
      refusal: { code: 'price_above_value' },
    });
  });
});

describe('the window', () => {
  it('rolls: sold slots go out of sight, new ones come unsold', () => {
    const book = market();
    for (let slot = 0; slot < 4; slot++) occupy(book, slot, [slot, slot, 0]);
    advanceBook(book, 2);
    expect([2, 3, 4, 5].map((slot) => usageOf(book, slot))).toEqual([
      [2, 2, 0],
      [3, 3, 0],
      [0, 0, 0],
      [0, 0, 0],
    ]);
    expect(() => usageOf(book, 1)).toThrow('slot lies in the window');
    advanceBook(book, 100);
    expect(usageOf(book, 103)).toEqual([0, 0, 0]);
  });
});
