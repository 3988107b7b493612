import type { TrainingBid, TrainingOracle } from '#kinds';
import {
  admit,
  applyFootprint,
  type Book,
  createBook,
  type Density,
  densityOf,
  type MarketSpec,
  type PriceRule,
  referenceBook,
  repriced,
  type Valuation,
  valueAt,
} from '#mechanism';
import { at, micros, MICROS_PER_CREDIT } from '#units';
import { microsToCredits, toBid, toMarketSpec } from '../convert.js';
import type { Instance } from '../instance.js';
import { createPrng } from '../prng.js';
import type { LevelLearner } from './level-learner.js';

/** A bid of an instance with its bidder and its density. */
export interface PricedBid {
  readonly arrival: number;
  readonly bid: TrainingBid;
  readonly organisationId: bigint;
  readonly density: Density | undefined;
  /** One that is worth nothing to anybody: it counts in no sum. */
  readonly isFake: boolean;
  /** What it says instead where the level is so high, micro-credits: of one that follows the market. */
  readonly asked?: (level: number) => Pick<PricedBid, 'bid' | 'density'>;
  /** What it is worth, and from when, where it says something else. */
  readonly truth?: { readonly valuation: Valuation; readonly arrival: number };
}

/** An instance whose bids are measured. */
export interface PricedInstance {
  readonly spec: MarketSpec;
  readonly slots: number;
  readonly bids: readonly PricedBid[];
}

/** Wallets of the laboratory have no end. */
const FUNDS = micros(10n ** 18n);
/** Honest organisations of every instance. */
const ORGANISATIONS = 50;

/** Measures the bids of an instance; each belongs to one of 50 organisations, by chance of the seed. */
export function pricedInstance(instance: Instance, oracle: TrainingOracle, seed: number): PricedInstance {
  const prng = createPrng(seed * 64 + 31);
  const spec = toMarketSpec(instance);
  const book = referenceBook(spec);
  const bids = instance.jobs.map((job): PricedBid => {
    const bid = toBid(job, instance.resources);
    const density = densityOf({ book, bid, oracle, fundsMicros: FUNDS });
    return { arrival: job.arrival, bid, organisationId: BigInt(prng.below(ORGANISATIONS)), density, isFake: false };
  });
  return { spec, slots: instance.slots, bids };
}

/** What came of the real bids. Credits; delays in slots. */
export interface Played {
  readonly welfare: number;
  /** What those that have a truth of their own have gained: what they got is worth, without what they paid. */
  readonly gained: number;
  readonly revenue: number;
  readonly accepted: number;
  readonly meanDelay: number;
}

/** Decides the bids in their order under one rule. */
export const playRule = (instance: PricedInstance, rule: PriceRule, oracle: TrainingOracle): Played =>
  play(instance, oracle, { ruleAt: () => rule, decided: () => undefined });

/** Decides the bids in their order while the level is learnt. */
export const playLearning = (instance: PricedInstance, learner: LevelLearner, oracle: TrainingOracle): Played =>
  play(instance, oracle, {
    ruleAt: (slot) => learner.ruleAt(slot),
    decided: ({ arrival, organisationId, density }) => {
      if (density) learner.reported({ ...density, slot: arrival, organisationId, weight: 1 });
    },
  });

interface Rules {
  ruleAt(slot: number): PriceRule;
  decided(bid: PricedBid): void;
}

function play({ spec, bids }: PricedInstance, oracle: TrainingOracle, rules: Rules): Played {
  let posted: PriceRule = bids.length > 0 ? rules.ruleAt(at(bids, 0).arrival) : spec.prices;
  let book: Book = createBook({ ...spec, prices: posted }, 0);
  let [welfare, gained, revenue, accepted, delay] = [0n, 0n, 0n, 0, 0];
  for (const planned of bids) {
    const rule = rules.ruleAt(planned.arrival);
    const one = planned.asked && rule.kind !== 'paper' ? { ...planned, ...planned.asked(Number(rule.level)) } : planned;
    if (rule !== posted) book = repriced(book, rule);
    posted = rule;
    const decision = admit({ book, bid: one.bid, arrival: one.arrival, oracle });
    rules.decided(one);
    if (decision.kind === 'refused') continue;
    applyFootprint(book, decision.footprint);
    if (one.isFake) continue;
    const { valuation, arrival } = one.truth ?? { valuation: one.bid.valuation, arrival: one.arrival };
    const value = valueAt(valuation, decision.completion - arrival);
    welfare += value;
    if (one.truth) gained += value - decision.payment;
    revenue += decision.payment;
    accepted += 1;
    delay += decision.completion - arrival;
  }
  return {
    welfare: microsToCredits(welfare),
    gained: microsToCredits(gained),
    revenue: microsToCredits(revenue),
    accepted,
    meanDelay: accepted === 0 ? 0 : delay / accepted,
  };
}

/** A flat rule at a level in credits. */
export const flatAt = (level: number): PriceRule => ({
  kind: 'flat',
  level: micros(BigInt(Math.round(level * Number(MICROS_PER_CREDIT)))),
  levels: {},
});
