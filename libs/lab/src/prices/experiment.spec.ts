import { createOracle } from '#kinds';
import { at } from '#units';
import { comparePrices, gamingGains } from './experiment.js';
import { gamed, GAMINGS, honestOf } from './gaming.js';
import { FAKES, griefed } from './griefing.js';
import { playLearnt, pairsOf } from './pairs.js';
import { shareOf } from './statistics.js';
import { WORKLOADS } from './workloads.js';

const oracle = createOracle('default');
const testbed = at(WORKLOADS, 0); // ten jobs: the short form
const SEEDS = { first: 3, count: 1 };

describe('the experiment on prices, in short', () => {
  it('sets the learnt level beside the best flat one and the constants of the paper', () => {
    const row = comparePrices(testbed, SEEDS, oracle);
    expect(row).toMatchObject({ workload: 'testbed 10', seeds: 1 });
    for (const { share } of [row.cold, row.warm]) expect(share > 0.3 && share < 1.5).toBe(true);
    expect(row.warmOverPaper).toBeGreaterThan(0.5);
  });

  it('adds fakes of each kind that count in no sum, the same ones for the same seed', () => {
    const [{ played, instance, seed }] = pairsOf(testbed, { first: 3, count: 1 }, oracle) as [ReturnType<typeof pairsOf>[number]];
    for (const kind of FAKES) {
      const how = { kind, percent: 30, organisations: 3 };
      const { bids } = griefed(played, { instance, oracle, seed }, how);
      const fakes = bids.filter(({ isFake }) => isFake);
      expect([3, 4]).toContain(fakes.length); // 4 of 14 are 30 %; one that fits nowhere is none
      expect(new Set(fakes.map(({ organisationId }) => organisationId)).size).toBeGreaterThan(1);
      expect(bids.map(({ arrival }) => arrival)).toEqual([...bids.map(({ arrival }) => arrival)].sort((a, b) => a - b));
      expect(JSON.stringify(griefed(played, { instance, oracle, seed }, how), digits)).toBe(JSON.stringify({ ...played, bids }, digits));
      const { accepted } = playLearnt({ ...played, bids }, oracle);
      expect(accepted).toBeLessThanOrEqual(10);
    }
  });

  it('tells what bidders gain who say something else, by what their bids are truly worth', () => {
    const [{ played, seed }] = pairsOf(testbed, { first: 3, count: 1 }, oracle) as [ReturnType<typeof pairsOf>[number]];
    const truth = gamed(played, { oracle, seed }, honestOf({ percent: 30 }));
    const scaled = gamed(played, { oracle, seed }, { percent: 30, organisations: 3, factor: 2, waits: 1 });
    const own = (bids: typeof truth.bids) => bids.filter(({ truth: known }) => known !== undefined);
    expect(own(scaled.bids).length).toBe(own(truth.bids).length);
    expect(new Set(own(truth.bids).map(({ organisationId }) => organisationId)).size).toBe(1);
    expect(own(scaled.bids).every(({ arrival, truth: known }) => arrival === (known?.arrival ?? 0) + 1)).toBe(true);
    expect(playLearnt(truth, oracle).gained).toBeGreaterThan(0);
    const [same] = gamingGains(testbed, SEEDS, oracle, [{ ...at(GAMINGS, 4), factor: 1 }]);
    expect(same).toMatchObject({ gain: { share: 1 }, flatGain: { share: 1 } });
  });

  it('gives half of an interval of a ratio', () => {
    expect(shareOf([2, 4], [1, 2])).toEqual({ share: 2, halfWidth: 0, seeds: 2 });
    expect(shareOf([1, 3], [2, 2])).toMatchObject({ share: 1, seeds: 2, halfWidth: expect.closeTo(0.98, 2) as number });
  });
});

const digits = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? value.toString() : value);
