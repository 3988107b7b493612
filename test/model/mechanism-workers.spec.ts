/** Real: the mechanism. Workers beyond 32 bits, and sums beyond what a double holds exactly. */
import { createOracle, type TrainingJob, validateSchedule } from '#kinds';
import { admit, createBook, type MarketSpec, paperRule } from '#mechanism';
import { micros, type Milli } from '#units';
import fc from 'fast-check';
import { seeded } from '../support/mechanism-arbitraries.js';

const milli = (value: number): Milli => value as Milli;
const WORKERS_MAX = 2 ** 31 - 1;

const specOf = (sites: number, slotCount: number, capacity: number): MarketSpec => ({
  resources: ['gpu'],
  sites: Array.from({ length: sites }, (_, site) => ({ id: `s${site}`, capacityMilli: [milli(capacity)] })),
  slotCount,
  chunkKB: milli(1),
  bandwidthKB: milli(1e12),
  prices: paperRule(['gpu'], 2, { unit: micros(1n), reserve: micros(0n) }),
});

const jobOf = (chunks: readonly number[], epochs: number, throughputMilli: number, worker = 1): TrainingJob => ({
  chunks,
  epochs,
  throughputMilli: milli(throughputMilli),
  parameterKB: milli(0),
  workerMilli: [milli(worker)],
  psMilli: [milli(0)],
});

const oracle = createOracle('default');
const decide = (spec: MarketSpec, job: TrainingJob) =>
  admit({ book: createBook(spec, 0), bid: { job, valuation: { kind: 'deadline', value: 1e9, deadline: 100 } }, arrival: 0, oracle });

describe('very many workers', () => {
  it('fit where there is room for them: a thousand million for each chunk, three chunks', () => {
    const decision = decide(specOf(2, 1, 1e12), jobOf([3, 0], 1_000_000, 1));
    expect(decision.kind).toBe('accepted');
    if (decision.kind !== 'accepted') return;
    expect(decision.plan[0].workers.reduce((sum, count) => sum + count, 0)).toBe(3e9);
    expect(Math.max(...decision.plan[0].workers)).toBeLessThanOrEqual(WORKERS_MAX);
  });

  it('are refused by name where one site would need more of them than a placement holds', () => {
    const decision = decide(specOf(1, 1, 1e12), jobOf([3], 1_000_000, 1));
    expect(decision).toMatchObject({
      kind: 'refused',
      refusal: { code: 'no_feasible_schedule', detail: expect.stringContaining('it needs 3000000000 workers') as string },
    });
  });

  it('get valid schedules around 2^31 and 2^53, for jobs of every method', () => {
    const near = (power: number) => fc.integer({ min: -3, max: 3 }).map((beside) => 2 ** power + beside);
    const arb = fc.record({
      sites: fc.integer({ min: 1, max: 4 }),
      slots: fc.integer({ min: 1, max: 4 }),
      capacity: fc.oneof(near(31), near(32), near(39), fc.integer({ min: 1, max: 1e12 })),
      chunks: fc.oneof(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 300 }), fc.constant(20_000)),
      epochs: fc.oneof(fc.constant(1_000_000), fc.integer({ min: 1, max: 1_000_000 })),
      throughput: fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 1e12 })),
      worker: fc.integer({ min: 0, max: 3 }),
    });
    fc.assert(
      fc.property(arb, ({ sites, slots, capacity, chunks, epochs, throughput, worker }) => {
        const spec = specOf(sites, slots, capacity);
        const job = jobOf(
          Array.from({ length: sites }, (_, site) => (site === 0 ? chunks : 0)),
          epochs,
          throughput,
          worker,
        );
        const decision = decide(spec, job);
        if (decision.kind === 'refused') return;
        const { plan: schedule, completion } = decision;
        expect(validateSchedule({ spec, usage: () => [], job, arrival: 0, schedule, completion })).toEqual([]);
        for (const { workers } of schedule) expect(Math.max(...workers)).toBeLessThanOrEqual(WORKERS_MAX);
      }),
      seeded('very many workers', 400),
    );
  });
});
