import { createOracle, type TrainingJob, validateSchedule } from '#kinds';
import { admit, createBook, type MarketSpec, menuOf, occupy } from '#mechanism';
import { micros, type Milli } from '#units';
import { exactMenu } from './exact-menu.js';
import { exactOracle } from './exact-oracle.js';
import type { Instance } from './instance.js';
import { bookOf } from './instance-book.js';
import { loadSolver } from './milp.js';
import { offlineBound, offlineOptimum } from './offline-optimum.js';
import { simulate } from './simulate.js';
import { FAMILIES } from './families.js';
import { toBid } from './convert.js';

const milli = (units: number): Milli => (units * 1000) as Milli;

/** Two sites of 2 CPU over two slots; a chunk takes one worker of 1 CPU; the server takes 1 CPU. Prices: 1 credit a CPU, bandwidth 0.5 a MB. */
const spec: MarketSpec = {
  resources: ['cpu'],
  sites: [
    { id: 'a', capacityMilli: [milli(2)] },
    { id: 'b', capacityMilli: [milli(2)] },
  ],
  slotCount: 2,
  chunkKB: milli(3),
  bandwidthKB: milli(100),
  prices: { kind: 'paper', gamma: { bandwidth: 1, cpu: 1 }, unit: micros(0n), reserve: micros(1_000_000n) },
};
const job: TrainingJob = {
  chunks: [2, 0],
  epochs: 1,
  throughputMilli: milli(1),
  parameterKB: milli(2),
  workerMilli: [milli(1)],
  psMilli: [milli(1)],
};

const solver = await loadSolver();
const menu = (book = createBook(spec, 0), one = job) => exactMenu({ solver, book, job: one, arrival: 0, timeLimitSeconds: 20 });

describe('exactMenu', () => {
  it('finds what can be worked out by hand', () => {
    // By slot 0: two workers at a, the server at b, two lots of parameters: 3 CPU + 4 MB = 7. By slot 1: in each slot a worker beside the server: 4 CPU = 4.
    expect(menu().menu.map(({ completion, price }) => [completion, price])).toEqual([
      [0, 7_000_000n],
      [1, 4_000_000n],
    ]);
  });

  it('leaves out what is impossible', () => {
    const book = createBook(spec, 0);
    for (const slot of [0, 1]) occupy(book, slot, [0, 2_000, 1_000]); // one CPU left at b: not enough for a worker and a server
    expect(menu(book).menu).toEqual([]);
    occupy(book, 1, [0, 1_000, 1_000]);
    expect(menu(book, { ...job, chunks: [1, 0] }).menu.map(({ completion }) => completion)).toEqual([1]);
  });

  it('gives valid schedules', () => {
    for (const { plan: schedule, completion } of menu().menu) {
      expect(validateSchedule({ spec, usage: () => [], job, arrival: 0, schedule, completion })).toEqual([]);
    }
  });

  // crowded ones take the solver a minute each: what cannot be proven in time proves nothing here
  const quick = (Object.keys(FAMILIES) as (keyof typeof FAMILIES)[]).filter((family) => family !== 'crowded');

  it.each(quick)('is never above the oracles, and knows all that is possible: %s', (family) => {
    for (let seed = 1; seed <= 4; seed++) {
      const instance = FAMILIES[family](seed);
      const [one] = instance.jobs;
      const book = bookOf(instance);
      const input = { book, job: toBid(one, instance.resources).job, arrival: one.arrival };
      const { menu: solved, unsolved } = exactMenu({ solver, timeLimitSeconds: 20, ...input });
      expect(unsolved).toEqual([]);
      const exact = new Map(solved.map(({ completion, price }) => [completion, price]));
      const search = createOracle('default').open(book, input.job, input.arrival);
      for (let completion = input.arrival; completion < book.slotCount; completion++) {
        const floor = Math.max(search.advance(), search.floor());
        expect(floor).toBeLessThanOrEqual(Number(exact.get(completion) ?? Infinity) + 1_000);
      }
      for (const name of ['default', 'paper'] as const) {
        for (const { completion, price } of menuOf({ ...input, oracle: createOracle(name) })) {
          expect(price - (exact.get(completion) ?? price + 1_000_000n)).toBeGreaterThanOrEqual(-1_000n); // a thousandth of a credit of rounding
        }
      }
    }
  });
});

describe('exactOracle', () => {
  it('decides like any other oracle', () => {
    const bid = { job, valuation: { kind: 'table' as const, values: [9, 5.5] } };
    const decision = admit({ book: createBook(spec, 0), bid, arrival: 0, oracle: exactOracle(solver, 20) });
    expect(decision).toMatchObject({ kind: 'accepted', completion: 0, payment: 7_000_000n });
  });
});

const amounts = (cpu: number) => ({ cpu });
const tiny: Instance = {
  format: 'eris-instance/1',
  name: 'tiny',
  slots: 2,
  slotMinutes: 20,
  chunkMB: 3,
  bandwidthMB: 100,
  resources: ['cpu'],
  prices: { gamma: { bandwidth: 1000, cpu: 1000 }, unit: 1, reserve: 0 },
  sites: [{ id: 'a', capacity: amounts(2) }],
  jobs: [5, 9, 7].map((value, index) => ({
    id: `job-${index}`,
    arrival: 0,
    valuation: { kind: 'table', values: [value, value - 1] },
    chunks: [1],
    epochs: 1,
    throughput: 1,
    parameterMB: 0,
    worker: amounts(1),
    ps: amounts(1),
  })),
};

describe('offlineOptimum', () => {
  it('takes the jobs that are worth most, in the better order', () => {
    // Two slots, one job each: 9 first and 7 - 1 after it, or 7 and 9 - 1: 15 either way; the 5 stays out.
    const optimum = offlineOptimum({ solver, instance: tiny, timeLimitSeconds: 20 });
    expect(optimum).toMatchObject({ kind: 'optimal', welfare: 15 });
    expect(optimum.kind === 'optimal' && optimum.jobs[0].completion).toBeNull();
  });

  it('lies between any online run and the linear bound', () => {
    const online = simulate({ instance: tiny, oracle: createOracle('default') }).welfare;
    expect(online).toBeLessThanOrEqual(15);
    expect(offlineBound({ solver, instance: tiny, timeLimitSeconds: 20 })).toBeGreaterThanOrEqual(15 - 1e-6);
  });

  it('has nothing to accept of a job without data', () => {
    const empty = { ...tiny, jobs: [{ ...tiny.jobs[0], chunks: [0] }] };
    expect(offlineOptimum({ solver, instance: empty, timeLimitSeconds: 20 })).toMatchObject({ welfare: 0 });
  });
});
