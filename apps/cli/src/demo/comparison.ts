import { createOracle } from '#kinds';
import { flatAt, type Instance, LevelLearner, playLearning, playRule, type Played, pricedInstance, type PricedInstance } from '#lab';
import { parseMicros } from '#units';
import { FLAT_LEVEL, PRICE_RULES, type PriceRuleName } from '../posted-prices.js';
import type { Bidding } from './bidding.js';

/** What a rule of prices gives on the demo's bids. Credits; delays in slots. */
export interface Comparison extends Omit<Played, 'gained'> {
  readonly rule: PriceRuleName;
}

/** More jobs than this are not played by the other rules: a level that is learnt after each of them takes long. */
const JOBS_MAX = 2_000;

const SEED = 1; // nobody's word is doubted among so few bidders: who bids makes no difference

/** The rule that was played with what came of it, then the others on the same bids. */
export function comparisonWith(rule: PriceRuleName, { instance, bidding }: { instance: Instance; bidding: Bidding }): Comparison[] {
  const played = { rule, ...playedOf(bidding) };
  if (instance.jobs.length > JOBS_MAX) return [played];
  const oracle = createOracle('default');
  const priced = byOne(pricedInstance(instance, oracle, SEED));
  const play: Record<PriceRuleName, () => Played> = {
    learning: () => playLearning(priced, new LevelLearner(instance.slots), oracle),
    paper: () => playRule(priced, priced.spec.prices, oracle),
    flat: () => playRule(priced, flatAt(FLAT_LEVEL), oracle),
  };
  return [played, ...PRICE_RULES.filter((other) => other !== rule).map((other) => ({ rule: other, ...play[other]() }))];
}

/** The demo's bidders are fewer than the guard of a learnt level looks at. */
const byOne = (priced: PricedInstance): PricedInstance => ({
  ...priced,
  bids: priced.bids.map((bid) => ({ ...bid, organisationId: 1n })),
});

const MICROS = 1_000_000;
const credits = (text: string | null | undefined): bigint => parseMicros(text ?? '0') ?? 0n;

function playedOf({ decided }: Bidding): Omit<Played, 'gained'> {
  const accepted = decided.filter(({ bid }) => bid.status === 'accepted');
  const sum = (of: 'value' | 'payment'): number =>
    Number(accepted.reduce((total, { bid }) => total + credits(bid.decision?.[of]), 0n)) / MICROS;
  const slots = accepted.reduce((total, { job, bid }) => total + (bid.decision?.completion ?? 0) - job.arrival, 0);
  return {
    welfare: sum('value'),
    revenue: sum('payment'),
    accepted: accepted.length,
    meanDelay: accepted.length === 0 ? 0 : slots / accepted.length,
  };
}

const money = (amount: number): string => amount.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** The comparison as the rows of a table, headed. */
export const comparisonRows = (comparison: readonly Comparison[]): string[][] => [
  ['prices', 'welfare', 'revenue', 'accepted', 'mean delay in slots'],
  ...comparison.map(({ rule, welfare, revenue, accepted, meanDelay }) => [
    rule,
    money(welfare),
    money(revenue),
    `${accepted}`,
    meanDelay.toFixed(1),
  ]),
];
