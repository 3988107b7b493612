import { answersOf } from './deciding.js';
import { EXPECTED, FIRST } from './expected.js';
import { MARKETS } from './markets.js';

/** A few bids of each market; `npm run answers` compares all of them. */
describe('answers', () => {
  it.each(MARKETS.map((market) => [market.name, market] as const))('in the market "%s" are what they were', (name, market) => {
    expect(answersOf(market, FIRST).digest).toBe(EXPECTED[name]?.first);
  });
});
