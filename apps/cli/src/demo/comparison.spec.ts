import { paperWorkload } from '#lab';
import { comparisonRows, comparisonWith } from './comparison.js';

const instance = paperWorkload({ kind: 'testbed', jobs: 30, seed: 2 });
const bidding = { decided: [], elapsedMs: 0, waitMs: [] };

describe('what the rules of prices give on the same bids', () => {
  it('tells the one that was played as it was played, and the others, of which learnt prices give more than the paper', () => {
    const [played, ...others] = comparisonWith('flat', { instance, bidding });
    expect(played).toEqual({ rule: 'flat', welfare: 0, revenue: 0, accepted: 0, meanDelay: 0 });
    expect(others.map(({ rule }) => rule)).toEqual(['learning', 'paper']);
    const [learning, paper] = others;
    expect(learning.welfare).toBeGreaterThan(1.3 * paper.welfare);
    expect(learning.meanDelay).toBeLessThan(paper.meanDelay);
    const rows = comparisonRows([played, ...others]);
    expect(rows[0]).toHaveLength(5);
    expect(rows.slice(1).map(([rule]) => rule)).toEqual(['flat', 'learning', 'paper']);
  });

  it('leaves the others out where there are too many jobs', () => {
    const many = { ...instance, jobs: Array.from({ length: 2_001 }, () => instance.jobs[0]) };
    expect(comparisonWith('learning', { instance: many, bidding })).toHaveLength(1);
  });
});
