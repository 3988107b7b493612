import { NEW_LEARNING_RULE } from '#mechanism';
import { micros, supplyMilli } from '#units';
import { type MadeOf, madeOfAfter } from './made-of.js';
import { newestTerms } from './terms.js';

// Real: what entries of a log do to what a market is made of.
const market: MadeOf = {
  terms: newestTerms({ ...NEW_LEARNING_RULE, level: micros(5n), ceiling: micros(100n) }),
  resources: ['gpu'],
  sites: [],
};

it('posts the level that was learnt last: what was sold by then was sold at it', () => {
  const { terms } = madeOfAfter(market, {
    kind: 'prices_changed',
    payload: {
      fromMicros: micros(5n),
      levelMicros: micros(9n),
      clearingMicros: micros(9n),
      through: 3n,
      left: 0,
      slots: 1,
      bids: 1,
      organisations: 1,
      doubted: 0,
    },
  });
  expect(terms.prices).toMatchObject({ kind: 'learning', level: 9n });
});

it('keeps sites in their order, and a site that is not named has nothing of a resource', () => {
  const added = madeOfAfter(market, { kind: 'site_added', payload: { siteId: 7n, name: 'one', capacityMilli: {} } });
  const changed = madeOfAfter(added, {
    kind: 'capacity_changed',
    payload: { siteId: 7n, name: 'one', capacityMilli: { gpu: supplyMilli(4) } },
  });
  expect([added.sites, changed.sites]).toEqual([
    [{ id: '7', ordinal: 0, capacityMilli: [0] }],
    [{ id: '7', ordinal: 0, capacityMilli: [4_000] }],
  ]);
});
