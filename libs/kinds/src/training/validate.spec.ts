import { type MarketSpec, paperRule } from '#mechanism';
import type { Milli } from '#units';
import type { TrainingJob, SlotPlan } from './job.js';
import type { Violation } from '../kind.js';
import { validateSchedule, type ScheduleClaim } from './validate.js';

const milli = (units: number): Milli => (units * 1000) as Milli;
const site = (id: string, gpu: number, cpu: number) => ({ id, capacityMilli: [milli(gpu), milli(cpu)] });

/** Two sites of 2 GPU and 8 CPU; 4 slots; chunks of 2 MB; 100 MB a slot. */
const spec: MarketSpec = {
  resources: ['gpu', 'cpu'],
  sites: [site('a', 2, 8), site('b', 2, 8)],
  slotCount: 4,
  chunkKB: milli(2),
  bandwidthKB: milli(100),
  prices: paperRule(['gpu', 'cpu'], 1000, { unit: 1_000_000n as never, reserve: 0n as never }),
};

/** Three chunks at a, one at b; a worker trains 2 chunks a slot; 30 MB of parameters. */
const job: TrainingJob = {
  chunks: [3, 1],
  epochs: 10,
  throughputMilli: milli(20),
  parameterKB: milli(30),
  workerMilli: [milli(1), milli(2)],
  psMilli: [milli(0), milli(3)],
};

/** Slot 1: two workers at a beside the server train a's three chunks and the one of b. */
const plan: SlotPlan = { slot: 1, ps: 0, workers: [2, 0], moves: [{ home: 1, place: 0, chunks: 1 }], home: [3, 0] };
const claim: ScheduleClaim = { spec, usage: () => [], job, arrival: 1, schedule: [plan], completion: 1, horizonEnd: 4 };

const broken = (change: Partial<ScheduleClaim>): Violation[] => validateSchedule({ ...claim, ...change });
const brokenPlan = (change: Partial<SlotPlan>, more: Partial<ScheduleClaim> = {}): Violation[] =>
  broken({ schedule: [{ ...plan, ...change }], ...more });
const rules = (violations: readonly Violation[]): string => violations.map((violation) => violation.rule).join(' ');

describe('validateSchedule', () => {
  it('finds nothing wrong with a valid schedule', () => {
    expect(validateSchedule(claim)).toEqual([]);
  });

  it('takes what is exactly left', () => {
    expect(broken({ usage: () => [98_000, 0, 1_000, 2_000, 8_000] })).toEqual([]);
  });

  describe('V1 coverage', () => {
    it('sees a chunk that is not trained', () => expect(rules(brokenPlan({ home: [2, 0] }))).toBe('V1'));
    it('sees a chunk that is trained twice', () => expect(rules(brokenPlan({ home: [3, 1], workers: [2, 1] }))).toBe('V1'));
    it('is per site: the right total is not enough', () => {
      expect(brokenPlan({ home: [4, 0], moves: [] })).toEqual([
        { rule: 'V1', detail: 'site 0 has 3 chunks, 4 are trained' },
        { rule: 'V1', detail: 'site 1 has 1 chunks, 0 are trained' },
      ]);
    });
    it('refuses fractions of a chunk', () => expect(rules(brokenPlan({ home: [2.5, 0.5] }))).toBe('V1'));
    it('refuses negative chunks', () => expect(rules(brokenPlan({ home: [4, 0], moves: [{ home: 0, place: 1, chunks: -1 }] }))).toBe('V1'));
    it('refuses a move to where the data is', () => expect(rules(brokenPlan({ moves: [{ home: 0, place: 0, chunks: 1 }] }))).toBe('V1'));
    it('refuses a site that is not there', () => expect(rules(brokenPlan({ moves: [{ home: 1, place: 2, chunks: 1 }] }))).toBe('V1'));
  });

  describe('V2 workers', () => {
    it('sees one worker too few', () => expect(rules(brokenPlan({ workers: [1, 0] }))).toBe('V2'));
    it('sees workers at the wrong site', () => expect(rules(brokenPlan({ workers: [0, 2] }))).toBe('V2'));
    it('counts thousandths: 1.999 chunks are not 2', () => {
      expect(rules(broken({ job: { ...job, throughputMilli: 19_999 as Milli } }))).toBe('V2');
    });
    it('refuses fractions of a worker', () => expect(rules(brokenPlan({ workers: [2.5, 0] }))).toBe('V2'));
    it('refuses a wrong number of sites', () => expect(rules(brokenPlan({ workers: [2] }))).toBe('V2'));
  });

  describe('V3 parameter server', () => {
    it('sees a server in an idle slot', () => {
      const idle: SlotPlan = { slot: 2, ps: 0, workers: [0, 0], moves: [], home: [0, 0] };
      expect(rules(broken({ schedule: [plan, idle] }))).toBe('V3');
    });
    it('sees two plans in one slot', () => {
      const half = { ...plan, workers: [1, 0], moves: [], home: [2, 0] };
      const rest = { ...plan, ps: 1, workers: [1, 0], home: [1, 0] };
      expect(rules(broken({ schedule: [half, rest] }))).toBe('V3');
    });
    it('sees a server nowhere', () => expect(rules(brokenPlan({ ps: 2 }))).toBe('V3'));
  });

  describe('V4 capacity', () => {
    it('counts what others use', () => {
      expect(broken({ usage: () => [0, 1, 0, 0, 0] })).toEqual([
        { rule: 'V4', slot: 1, detail: 'site 0: 2000 of gpu (milli) where 1999 are left' },
      ]);
    });
    it('counts the server beside its workers', () => expect(rules(broken({ usage: () => [0, 0, 1_001, 0, 0] }))).toBe('V4'));
    it('looks at each site', () => {
      const spread = { workers: [1, 1], moves: [{ home: 0, place: 1, chunks: 1 }], home: [2, 1] };
      expect(rules(brokenPlan(spread))).toBe('');
      expect(rules(brokenPlan(spread, { usage: () => [0, 0, 0, 2_000, 0] }))).toBe('V4');
    });
  });

  describe('V5 bandwidth', () => {
    it('counts moved chunks', () => expect(rules(broken({ usage: () => [98_001] }))).toBe('V5'));
    it('counts parameters of workers away from the server, but not of those beside it', () => {
      expect(brokenPlan({ ps: 1 }, { usage: () => [40_000] })).toEqual([
        { rule: 'V5', slot: 1, detail: '62000 kB between sites where 60000 are left' },
      ]);
    });
  });

  describe('V6 time', () => {
    it('sees a start before the arrival', () => expect(rules(broken({ arrival: 2 }))).toBe('V6'));
    it('sees a slot beyond the horizon', () => expect(rules(broken({ horizonEnd: 1 }))).toBe('V6'));
    it('sees a completion that is not the last slot with a worker', () => expect(rules(broken({ completion: 2 }))).toBe('V6'));
    it('sees slots out of order', () => {
      const early = { ...plan, slot: 1, moves: [], home: [3, 0] };
      const late = { ...plan, slot: 2, workers: [1, 0], home: [0, 0] };
      expect(rules(broken({ schedule: [early, late], completion: 2 }))).toBe('');
      expect(rules(broken({ schedule: [late, early], completion: 1 }))).toBe('V6');
    });
    it('sees a schedule without work', () => expect(rules(broken({ job: { ...job, chunks: [0, 0] }, schedule: [] }))).toBe('V6'));
  });
});
