import { createOracle } from '#kinds';
import { admit, createBook, menuOf, NEW_LEARNING_RULE, repriced } from '#mechanism';
import { at } from '#units';
import { pricedInstance } from './play.js';
import { WORKLOADS } from './workloads.js';

const oracle = createOracle('default');
const instance = at(
  WORKLOADS.filter(({ name }) => name === 'scarce bandwidth').map(({ make }) => make(90_001)),
  0,
);
const { spec, bids } = pricedInstance({ ...instance, jobs: instance.jobs.slice(0, 24) }, oracle, 90_001);
const OPENING_SLOTS = 5; // a tenth of 50

describe('a market that opens', () => {
  const book = createBook({ ...spec, prices: NEW_LEARNING_RULE }, 0);
  const asked = (one: (typeof bids)[number], on = book) => admit({ book: on, bid: one.bid, arrival: 0, oracle });
  const long = bids.filter(({ density }) => density !== undefined && density.slots > 2 * OPENING_SLOTS);

  it('does not sell to a bid, for nothing, what many others need', () => {
    expect(long.length).toBeGreaterThan(5);
    for (const one of long) {
      const decision = asked(one);
      expect(decision.kind === 'accepted' ? decision.completion : 0).toBeLessThan(OPENING_SLOTS);
      if (decision.kind === 'refused') expect(decision.refusal.detail).toContain('sells no more than 5 slots ahead');
      expect(menuOf({ book, job: one.bid.job, arrival: 0, oracle }).length).toBeLessThanOrEqual(OPENING_SLOTS);
    }
  });

  it('sells all of its slots once it knows a level', () => {
    const opened = repriced(book, { ...NEW_LEARNING_RULE, opening: false });
    expect(long.every((one) => asked(one, opened).kind === 'accepted')).toBe(true);
    expect(menuOf({ book: opened, job: at(long, 0).bid.job, arrival: 0, oracle }).at(-1)?.completion).toBe(spec.slotCount - 1);
  });
});
