import type { BidBody } from '#kinds';
import { type CapacityWindow, type MarketState, newestTerms } from '#market';
import { paperRule, valueAt } from '#mechanism';
import { micros } from '#units';
import fc from 'fast-check';
import { AfterSaleMarket, type Told, type WindowWish } from './after-sale-market.js';

const RESOURCES = ['gpu', 'cpu'];
const HORIZON = 8;
const START: MarketState = {
  head: { marketId: 1n, sequence: 1n, status: 'open', clock: 'manual', slot: 0 },
  operatorId: 1n,
  priceVersion: 1n,
  horizonSlots: HORIZON,
  chunkKb: 1_000n,
  bandwidthKb: 12_000n,
  resources: RESOURCES,
  terms: newestTerms(paperRule(RESOURCES, 30, { unit: micros(1_000_000n), reserve: micros(100_000n) })),
  sites: [0, 1].map((ordinal) => ({ id: String(ordinal + 1), ordinal, capacityMilli: [2_000, 8_000] })),
  usage: [],
};

const chunksArb = fc.nat({ max: 5 });
const bodyArb: fc.Arbitrary<BidBody> = fc
  .record({
    chunks: fc.tuple(chunksArb, chunksArb).map(([one, two]) => ({ 1: one + 1, 2: two })),
    value: fc.integer({ min: 1, max: 60 }),
    decay: fc.integer({ min: 0, max: 8 }),
    onFailure: fc.constantFrom('accept_late' as const, 'refund' as const, undefined),
    gpu: fc.integer({ min: 1, max: 2 }),
  })
  .map(({ chunks, value, decay, onFailure, gpu }) => ({
    chunks,
    epochs: 2,
    throughput: 4,
    parameterMB: 0.5,
    worker: { gpu, cpu: 1 },
    ps: { cpu: 1 },
    valuation: { kind: 'linear' as const, value, decay },
    ...(onFailure && { onFailure }),
  }));

/** What happens in a market. */
export type Step =
  | { readonly kind: 'bids'; readonly bodies: readonly BidBody[] }
  | { readonly kind: 'clock'; readonly slots: number }
  | { readonly kind: 'cancel' | 'close'; readonly which: number }
  | { readonly kind: 'window'; readonly window: WindowWish };

const amountsArb: fc.Arbitrary<CapacityWindow['amounts']> = fc.option(fc.record({ gpu: fc.constantFrom(1_000, 2_000) }), { nil: null });
const windowArb = fc.oneof(
  fc.record({ scope: fc.constant('site' as const), site: fc.nat({ max: 1 }), amounts: amountsArb }),
  fc.record({ scope: fc.constant('bandwidth' as const), site: fc.constant(null), amounts: fc.constant(null) }),
);
const stepArb: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.array(bodyArb, { minLength: 1, maxLength: 4 }).map((bodies) => ({ kind: 'bids' as const, bodies })) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 3 }).map((slots) => ({ kind: 'clock' as const, slots })) },
  { weight: 1, arbitrary: fc.nat({ max: 20 }).map((which) => ({ kind: 'cancel' as const, which })) },
  { weight: 1, arbitrary: fc.nat({ max: 3 }).map((which) => ({ kind: 'close' as const, which })) },
  {
    weight: 2,
    arbitrary: fc
      .record({ of: windowArb, after: fc.nat({ max: 2 }), length: fc.option(fc.integer({ min: 1, max: 4 }), { nil: null }) })
      .map(({ of, after, length }) => ({ kind: 'window' as const, window: { ...of, after, length } })),
  },
);
/** What happens in a small market from its opening on. */
export const historyArb = fc.array(stepArb, { minLength: 2, maxLength: 9 });

/** A small market in which all of that has happened. @param valued what bids are worth once they are accepted. */
export function lived(history: readonly Step[], valued?: (body: BidBody) => BidBody): AfterSaleMarket {
  const market = new AfterSaleMarket({ start: START, ...(valued && { valued }) });
  for (const step of history) {
    if (step.kind === 'bids') for (const body of step.bodies) market.bid(body);
    if (step.kind === 'clock') market.clock(step.slots);
    if (step.kind === 'cancel') market.cancel(step.which);
    if (step.kind === 'close') market.close(step.which);
    if (step.kind === 'window') market.window(step.window);
  }
  return market;
}

/** The same once nothing is left to run. */
export function livedOut(history: readonly Step[]): AfterSaleMarket {
  const market = lived(history);
  market.clock(2 * HORIZON);
  return market;
}

/** What somebody has in the end: what the job was worth, less what was paid and did not come back. Micro-credits. */
export function payoffOf({ body, arrival, payment, returned, completion }: Told): bigint {
  const worth = completion === undefined ? 0n : valueAt(body.valuation, completion - arrival);
  return worth - (payment - returned);
}

/** Whether it lies where it may: no more than was bought; nothing where the job was given back; not below nothing where its bidder said refund, or it failed. */
export function isPayoffInside(told: Told): boolean {
  const payoff = payoffOf(told);
  if (payoff > told.surplus || told.returned > told.payment) return false;
  if (told.isCancelled) return payoff <= 0n;
  return payoff >= 0n || (told.body.onFailure !== 'refund' && told.completion !== undefined);
}

/** Slots that have run twice, or are still to run though all have passed. */
export const slotsTwiceOf = ({ ran, planned }: Told): number => [...ran.values()].filter((times) => times > 1).length + planned.size;
