import { micros } from '#units';
import fc from 'fast-check';
import { clearingLevel, windowsOf } from './clearing.js';
import { SHARE_UNITS } from './density.js';
import { guardedLevel } from './guard.js';
import { emptyHistory, learntLevel, withReports } from './history.js';
import { byDensity, capped, demandOf, diluted, type Report, weightOf } from './report.js';
import { learntRule, NEW_LEARNING_RULE, reachOf, SHARE_CAP_NONE } from './rule.js';

const HORIZON = 20;
const report = (fields: Partial<Report> = {}): Report => ({
  levelMicros: 1_000_000,
  slots: 1,
  shares: [0, SHARE_UNITS],
  slot: 0,
  organisationId: 1n,
  weight: 1,
  ...fields,
});
const reports = fc.array(
  fc
    .record({
      levelMicros: fc.integer({ min: 100, max: 1_000_000_000 }),
      slots: fc.integer({ min: 1, max: 9 }),
      shares: fc.tuple(fc.integer({ min: 0, max: SHARE_UNITS }), fc.integer({ min: 0, max: 2 * SHARE_UNITS })),
      slot: fc.integer({ min: 0, max: 30 }),
      organisationId: fc.bigInt({ min: 1n, max: 40n }),
    })
    .map(report),
  { maxLength: 120 },
);
const levelOf = (list: readonly Report[], slot = 30, rule = NEW_LEARNING_RULE): bigint =>
  learntLevel(withReports(emptyHistory(0, HORIZON), list), slot, rule).levelMicros;

describe('a learnt level', () => {
  it('does not depend on the order in which bids were measured, nor on how many at a time', () => {
    fc.assert(
      fc.property(reports, fc.integer({ min: 0, max: 120 }), (list, cut) => {
        const inParts = withReports(withReports(emptyHistory(0, HORIZON), list.slice(0, cut)), list.slice(cut));
        const inOrder = [...list].sort((a, b) => a.slot - b.slot);
        expect(learntLevel(inParts, 31, NEW_LEARNING_RULE)).toEqual(
          learntLevel(withReports(emptyHistory(0, HORIZON), inOrder), 31, NEW_LEARNING_RULE),
        );
      }),
    );
  });

  it('scales as valuations do, up to rounding', () => {
    const timesHundred = (one: Report): Report => ({
      ...one,
      levelMicros: 100 * one.levelMicros,
    });
    fc.assert(
      fc.property(reports, (list) => {
        expect(Math.abs(Number(levelOf(list.map(timesHundred))) - 100 * Number(levelOf(list)))).toBeLessThanOrEqual(100);
      }),
    );
  });

  it('lies within the densities, the floor and the ceiling', () => {
    const rule = { ...NEW_LEARNING_RULE, floor: micros(1_000n), ceiling: micros(500_000n) };
    fc.assert(
      fc.property(reports, (list) => {
        const most = list.reduce((level, { levelMicros }) => Math.max(level, levelMicros), 0);
        expect(Number(levelOf(list))).toBeLessThanOrEqual(most);
        const within = levelOf(list, 30, rule);
        expect(within >= rule.floor && within <= rule.ceiling).toBe(true);
      }),
    );
  });

  it('is nothing where there is room for all, and what the first pays that has no room', () => {
    expect(levelOf([])).toBe(0n);
    const few = Array.from({ length: 4 }, (_, index) => report({ slot: 5 * index, shares: [0, SHARE_UNITS / 2] }));
    expect(levelOf(few)).toBe(0n);
    const period = { last: 0, slots: 1, isYoung: false, share: 1 };
    const rush = [5, 4, 3, 2].map((levelMicros) => report({ levelMicros, shares: [0, SHARE_UNITS / 4] }));
    expect(clearingLevel(rush, period)).toBe(2); // three quarters of the slot are sold to 5, 4 and 3
  });

  it('errs upwards while there is too little to tell demand by: of a young market two slots count as sold before', () => {
    const halves = [5, 4].map((levelMicros) => report({ levelMicros, shares: [0, SHARE_UNITS / 5] }));
    const period = { last: 0, slots: 1, share: 1 };
    expect(clearingLevel(halves, { ...period, isYoung: false })).toBe(0); // two fifths of a slot have room
    expect(clearingLevel(halves, { ...period, isYoung: true })).toBe(4); // in a quarter of a slot there is room for one
  });

  it('forgets what is older than the slots on sale', () => {
    const rush = Array.from({ length: 30 }, () => report({ slot: 2 }));
    expect(levelOf(rush, 10)).toBeGreaterThan(0n);
    expect(levelOf(rush, 23)).toBe(0n);
  });

  it('looks at windows of each size', () => {
    expect([1, 2, 5, 200].map(windowsOf)).toEqual([[1], [1, 2], [1, 2, 4, 5], [1, 2, 4, 8, 16, 32, 64, 200]]);
  });
});

describe('the guard of the level', () => {
  const honest = Array.from({ length: 50 }, (_, index) =>
    report({
      organisationId: BigInt(index),
      slot: index % HORIZON,
      levelMicros: 1000 + index,
      shares: [0, SHARE_UNITS / 2],
    }),
  );
  const period = { last: HORIZON - 1, slots: HORIZON, isYoung: false, shareCap: SHARE_CAP_NONE };
  const levelWith = (more: readonly Report[]): number => guardedLevel([...honest, ...more].sort(byDensity), period).level;

  it('lets those who lift it most lift it by half and no more, be they three that are in it together, accepted or refused', () => {
    for (const griefers of [1, 3]) {
      const fakes = Array.from({ length: 25 }, (_, index) =>
        report({ organisationId: 100n + BigInt(index % griefers), slot: index % HORIZON, levelMicros: 1_000_000 }),
      );
      const all = [...honest, ...fakes].sort(byDensity);
      expect(clearingLevel(all, { ...period, share: 1 })).toBeGreaterThan(100_000);
      expect(levelWith(fakes)).toBeLessThanOrEqual(1.5 * 1_060);
      expect([...guardedLevel(all, period).doubted].filter((id) => id >= 100n)).toHaveLength(griefers);
    }
  });

  it('leaves nobody out who honestly wants most of the market', () => {
    const large = Array.from({ length: 60 }, (_, index) =>
      report({ organisationId: 100n, slot: index % HORIZON, levelMicros: 1_100 + index }),
    );
    const without = levelWith([]);
    expect(levelWith(large)).toBeGreaterThan(without);
    expect(levelWith(large)).toBeLessThanOrEqual(1.5 * without);
  });

  it('counts no more of one organisation than the operator lets it, the densest first', () => {
    const few = [9, 8, 7, 6].flatMap((levelMicros, slot) => [
      report({ levelMicros, slot }),
      report({ levelMicros: 1, slot, organisationId: 2n }),
    ]);
    const levelAt = (shareCap: number): number =>
      guardedLevel([...few].sort(byDensity), { last: 3, slots: 4, isYoung: false, shareCap }).level;
    expect(levelAt(SHARE_CAP_NONE)).toBeGreaterThan(levelAt(25));
    expect(capped(few, 2 * SHARE_UNITS).map(({ levelMicros }) => levelMicros)).toEqual([9, 1, 8, 1]);
  });

  it('lets the reports of one count for no more than a part of all demand, and takes the rest of its demand to be like the others', () => {
    const own = (list: readonly Report[]): number => list.reduce((sum, one) => sum + (one.organisationId === 100n ? demandOf(one) : 0), 0);
    const all = (list: readonly Report[]): number => list.reduce((sum, one) => sum + demandOf(one), 0);
    const large = Array.from({ length: 25 }, (_, index) => report({ organisationId: 100n, slot: index % HORIZON, levelMicros: 1_200 }));
    const before = [...honest, ...large];
    const { reports: after, kept } = diluted(before, 0.1);
    expect(own(after) / all(before)).toBeCloseTo(0.1);
    expect(all(after) / all(before)).toBeCloseTo(kept);
    expect(after.filter(({ organisationId }) => organisationId !== 100n)).toEqual(honest);
    expect(diluted(honest, 0.1)).toEqual({ reports: honest, kept: 1 });
    const wholly = { ...period, share: 1 };
    expect(guardedLevel([...large].sort(byDensity), period).level).toBe(clearingLevel([...large].sort(byDensity), wholly)); // alone it is all demand
  });

  it('leaves a large organisation little to gain by saying less: the level that it is asked later falls by less than a tenth of that, once the market is no longer young', () => {
    const some = (count: number, step: number, organisationOf: (index: number) => bigint): Report[] =>
      Array.from({ length: count }, (_, index) =>
        report({
          organisationId: organisationOf(index),
          slot: index % HORIZON,
          levelMicros: 1_000 + 40 * ((index * step) % 50),
          shares: [0, SHARE_UNITS / 2],
        }),
      );
    const others = some(50, 7, BigInt);
    const large = some(30, 11, () => 100n);
    const saying = (factor: number, isYoung: boolean): number => {
      const told = large.map((one) => ({ ...one, levelMicros: one.levelMicros * factor }));
      return guardedLevel([...others, ...told].sort(byDensity), { ...period, isYoung }).level;
    };
    const fallen = (isYoung: boolean): number => 1 - saying(0.8, isYoung) / saying(1, isYoung);
    expect(fallen(false)).toBeGreaterThan(0);
    expect(fallen(false)).toBeLessThan(0.02);
    expect(fallen(true)).toBeGreaterThan(0.04); // a young market has too few bids to do without some
  });

  it('doubts nobody where few bid', () => {
    const few = honest.slice(0, 9);
    expect(guardedLevel([...few].sort(byDensity), period).doubted).toEqual([]);
  });
});

describe('a market that opens', () => {
  it('sells a tenth of its slots, four at least, until three bids are measured', () => {
    expect([3, 20, 50, 150].map((slots) => reachOf(NEW_LEARNING_RULE, slots))).toEqual([3, 4, 5, 15]);
    const after = (bids: number) => learntRule(NEW_LEARNING_RULE, { levelMicros: micros(7n), bids });
    expect(after(2)).toMatchObject({ level: 7n, opening: true });
    expect(after(3)).toMatchObject({ level: 7n, opening: false });
    expect(reachOf(after(3), 50)).toBe(50);
    expect(learntRule(after(3), { levelMicros: micros(0n), bids: 1 }).opening).toBe(false);
  });
});

describe('which bids are measured', () => {
  it('are all of a slot with few, and fewer and fewer of one with many; each stands for those that are not', () => {
    const weights = Array.from({ length: 100_000 }, (_, place) => weightOf(place));
    expect(weights.slice(0, 128).every((weight) => weight === 1)).toBe(true);
    expect(weights.filter((weight) => weight > 0).length).toBeLessThan(128 * 12);
    const stoodFor = weights.reduce((sum, weight) => sum + weight, 0);
    expect(Math.abs(stoodFor - weights.length)).toBeLessThan(2048);
  });
});
