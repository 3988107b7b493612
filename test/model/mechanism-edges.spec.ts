/** Real: the mechanism and both oracles. Every odd market and job has a defined answer. */
import { createOracle, type TrainingBid, type TrainingDecision } from '#kinds';
import { admit, type Book, createBook, type MarketSpec, occupy, paperRule, usageOf } from '#mechanism';
import { micros, type Milli } from '#units';
import { assertValid } from '../laws/schedule.js';

const milli = (units: number): Milli => (units * 1000) as Milli;

const spec = (change: Partial<MarketSpec> = {}): MarketSpec => ({
  resources: ['gpu', 'cpu'],
  sites: [
    { id: 'a', capacityMilli: [milli(2), milli(8)] },
    { id: 'b', capacityMilli: [milli(2), milli(8)] },
  ],
  slotCount: 4,
  chunkKB: milli(2),
  bandwidthKB: milli(100),
  prices: paperRule(['gpu', 'cpu'], 1000, { unit: micros(1_000_000n), reserve: micros(0n) }),
  ...change,
});

const bid = (job: Partial<TrainingBid['job']> = {}): TrainingBid => ({
  job: {
    chunks: [3, 1],
    epochs: 10,
    throughputMilli: milli(20),
    parameterKB: milli(30),
    workerMilli: [milli(1), milli(2)],
    psMilli: [milli(0), milli(1)],
    ...job,
  },
  valuation: { kind: 'deadline', value: 1000, deadline: 3 },
});

describe.each(['default', 'paper'] as const)('odd markets and jobs, oracle %s', (name) => {
  const oracle = createOracle(name);

  function answer(book: Book, one: TrainingBid, arrival = 0): string {
    const decision: TrainingDecision = admit({ book, bid: one, arrival, oracle });
    if (decision.kind === 'refused') return decision.refusal.code;
    const { plan: schedule, completion } = decision;
    const horizonEnd = book.baseSlot + book.slotCount;
    assertValid({
      spec: book.spec,
      usage: (slot) => usageOf(book, slot),
      job: one.job,
      arrival,
      schedule,
      completion,
      horizonEnd,
    });
    return `accepted by ${completion}`;
  }

  it('accepts the plain job', () => expect(answer(createBook(spec(), 0), bid())).toBe('accepted by 0'));

  it('refuses where nothing has capacity', () => {
    const empty = spec({ sites: spec().sites.map((site) => ({ ...site, capacityMilli: [milli(0), milli(0)] })) });
    expect(answer(createBook(empty, 0), bid())).toBe('no_feasible_schedule');
  });

  it('refuses a job without data', () => expect(answer(createBook(spec(), 0), bid({ chunks: [0, 0] }))).toBe('no_data'));

  it('moves data away from a site whose capacity is gone', () => {
    const gone = spec({ sites: [spec().sites[0], { id: 'b', capacityMilli: [milli(0), milli(0)] }] });
    expect(answer(createBook(gone, 0), bid())).toBe('accepted by 0');
    expect(answer(createBook({ ...gone, bandwidthKB: milli(1) }, 0), bid())).toBe('no_feasible_schedule');
  });

  it('puts several workers on a chunk where one does less than a chunk a slot', () => {
    expect(answer(createBook(spec(), 0), bid({ throughputMilli: milli(5), chunks: [1, 0] }))).toBe('accepted by 0');
    expect(answer(createBook(spec(), 0), bid({ throughputMilli: milli(2), chunks: [1, 0] }))).toBe('no_feasible_schedule');
  });

  it('rounds workers up where throughput by epochs is not whole', () => {
    // Two workers do 3.8 chunks a slot, so four chunks at a take two slots, or more sites.
    expect(answer(createBook(spec({ bandwidthKB: milli(0) }), 0), bid({ throughputMilli: milli(19), chunks: [4, 0] }))).toBe(
      'accepted by 1',
    );
  });

  it('runs beside the server where the parameters are over the whole budget', () => {
    expect(answer(createBook(spec(), 0), bid({ parameterKB: milli(500) }))).toMatch(/^accepted/);
    expect(answer(createBook(spec({ bandwidthKB: milli(0), slotCount: 1 }), 0), bid({ parameterKB: milli(500) }))).toBe(
      'no_feasible_schedule',
    );
  });

  it('knows a horizon of one slot', () => {
    const book = createBook(spec({ slotCount: 1 }), 7);
    expect(answer(book, bid(), 7)).toBe('accepted by 7');
    expect(answer(book, bid(), 8)).toBe('beyond_horizon');
    expect(answer(book, bid(), 6)).toBe('beyond_horizon');
  });

  it('refuses where everything is sold', () => {
    const book = createBook(spec(), 0);
    for (let slot = 0; slot < 4; slot++) occupy(book, slot, [100_000, 2_000, 8_000, 2_000, 8_000]);
    expect(answer(book, bid())).toBe('no_feasible_schedule');
  });

  it('needs no bandwidth for a job at one site, even where none is left', () => {
    const book = createBook(spec(), 0);
    for (let slot = 0; slot < 4; slot++) occupy(book, slot, [100_000]);
    expect(answer(book, bid({ chunks: [3, 0] }))).toBe('accepted by 0');
  });

  it('takes jobs whose workers or parameters weigh nothing', () => {
    expect(
      answer(createBook(spec(), 0), bid({ workerMilli: [milli(0), milli(0)], psMilli: [milli(0), milli(0)], parameterKB: milli(0) })),
    ).toBe('accepted by 0');
  });
});
