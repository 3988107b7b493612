import { type CapacityWindow, leftOf, overlap } from './windows.js';

const NAMES = { resources: ['gpu', 'cpu'] };
const OWN = [9_000, 4_000, 8_000]; // bandwidth, and a site
const window = (fields: Partial<CapacityWindow> = {}): CapacityWindow => ({
  ...{ windowId: '1', scope: 'site', site: 0, amounts: null, from: 2, to: null, closedAt: null, taken: [], isSettled: true },
  ...fields,
});

describe('windows over the same cells', () => {
  it('overlap while both are open', () => {
    expect(overlap(window(), window({ from: 7 }))).toBe(true);
    expect(overlap(window({ to: 7 }), window({ from: 7 }))).toBe(false);
    expect(overlap(window(), window({ site: 1 }))).toBe(false);
    expect(overlap(window(), window({ scope: 'market', site: null }))).toBe(true);
  });

  it('do not once one is closed, so that a site may fail again in a slot of which more was sold than was left', () => {
    expect(overlap(window({ closedAt: 3, taken: [2, 5] }), window({ from: 3 }))).toBe(false);
  });

  it('withdraw no more than the one that withdraws most: what the closed one took is off sale already', () => {
    const took = window({ amounts: { cpu: 3_000 }, closedAt: 3, taken: [5] });
    const again = window({ amounts: { cpu: 5_000, gpu: 1_000 }, from: 3 });
    expect(leftOf(OWN, [took], 5, NAMES)).toEqual([9_000, 4_000, 5_000]);
    expect(leftOf(OWN, [took, again], 5, NAMES)).toEqual([9_000, 3_000, 3_000]);
    expect(leftOf(OWN, [took, window({ amounts: { cpu: 1_000 } })], 5, NAMES)).toEqual([9_000, 4_000, 5_000]);
    expect(leftOf(OWN, [took, again], 4, NAMES)).toEqual([9_000, 3_000, 3_000]);
    expect(leftOf(OWN, [took], 4, NAMES)).toEqual(OWN);
  });
});
