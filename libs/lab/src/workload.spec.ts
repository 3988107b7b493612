import { FAMILIES } from './families.js';
import { parseInstance } from './parse-instance.js';
import { createPrng } from './prng.js';
import { paperWorkload, SETTINGS } from './workload.js';

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

describe('paperWorkload', () => {
  it.each(['testbed', 'simulator'] as const)('draws the %s as the paper describes it', (kind) => {
    const { jobs, sites, slots } = paperWorkload({ kind, jobs: 300, seed: 7 });
    expect(sites).toHaveLength(SETTINGS[kind].sites);
    expect(jobs).toHaveLength(300);
    expect(new Set(jobs.map((job) => sum(job.chunks)))).toEqual(new Set([27, 115, 150]));
    expect(Math.max(...jobs.map((job) => job.arrival))).toBeLessThan(slots * 0.8);
    expect(
      jobs.every(({ epochs, throughput }) => [20, 30].includes(epochs) && throughput >= 20 && throughput <= 30 && throughput % 2 === 0),
    ).toBe(true);
    expect(jobs.map((job) => job.arrival)).toEqual(jobs.map((job) => job.arrival).sort((a, b) => a - b));
  });

  it('is the same for the same seed and another for another', () => {
    const draw = (seed: number): string => JSON.stringify(paperWorkload({ kind: 'testbed', jobs: 20, seed }).jobs);
    expect(draw(5)).toBe(draw(5));
    expect(draw(5)).not.toBe(draw(6));
  });
});

describe('families', () => {
  it.each(Object.entries(FAMILIES))('%s: every seed is a sound instance of one job', (_, make) => {
    for (let seed = 1; seed <= 200; seed++) {
      expect(parseInstance(make(seed))).toEqual({ kind: 'instance', instance: make(seed) });
      expect(sum(make(seed).jobs[0].chunks)).toBeGreaterThan(0);
    }
  });
});

describe('createPrng', () => {
  it('keeps its first numbers', () => {
    const prng = createPrng(42);
    expect([1, 2, 3, 4].map(() => prng.below(1000))).toMatchInlineSnapshot(`
     [
       659,
       457,
       299,
       206,
     ]
    `);
  });

  it('is even over its range', () => {
    const prng = createPrng(1);
    const counts = [0, 0, 0, 0, 0, 0];
    for (let draw = 0; draw < 60_000; draw++) counts[prng.below(6)]++;
    expect(Math.min(...counts)).toBeGreaterThan(9_600);
    expect(Math.max(...counts)).toBeLessThan(10_400);
  });
});
