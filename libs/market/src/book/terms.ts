import { ORACLE_VERSION } from '#kinds';
import type { MarketTerms } from '#log';
import { type LearningRule, learntRule, type PriceRule } from '#mechanism';
import { invariant, type Micros } from '#units';

/** Terms with these prices, and the newest of all else: what new markets get. */
export const newestTerms = (prices: PriceRule): MarketTerms => ({ policy: 'eris', oracle: ORACLE_VERSION, prices });

/** What was learnt of a market's prices. */
type Learnt = Parameters<typeof learntRule>[1];

/** Terms once a level was learnt; a rule that comes next and goes on learning goes on from it. */
export function learntTerms({ next, ...terms }: MarketTerms, learnt: Learnt): MarketTerms {
  const { prices } = terms;
  invariant(prices.kind === 'learning', 'a level is learnt by the rule that learns');
  const after = { ...terms, prices: learntRule(prices, learnt) };
  if (!next) return after;
  return { ...after, next: next.kind === 'learning' && next.learns ? learntRule(next, within(learnt, next)) : next };
}

const within = (learnt: Learnt, { floor, ceiling }: LearningRule): Learnt => ({
  ...learnt,
  levelMicros: between(learnt.levelMicros, floor, ceiling),
});

const between = (level: Micros, floor: Micros, ceiling: Micros): Micros => (level < floor ? floor : level > ceiling ? ceiling : level);

/** Terms as the clock moves on: by the rule that was to come next, if there is one. */
export const nextTerms = ({ next, ...terms }: MarketTerms): MarketTerms => (next ? { ...terms, prices: next } : terms);
