import type { TrainingOracle } from '#kinds';
import { densityOf, referenceBook, type Valuation, valueAt } from '#mechanism';
import { micros } from '#units';
import { microsToCredits } from '../convert.js';
import { createPrng } from '../prng.js';
import type { PricedBid, PricedInstance } from './play.js';

/** What bidders try who own so many of the bids, from so many organisations: Sybils of one, or several that are in it together. */
export interface Gaming {
  readonly percent: number;
  readonly organisations: number;
  /** What they say a bid is worth, by what it is. */
  readonly factor: number;
  /** Slots that they wait with each bid. */
  readonly waits: number;
}

const FIRST_GAMER = 2_000n;
const FUNDS = micros(10n ** 18n);

/** The valuation times a factor. */
export function timesValuation(valuation: Valuation, factor: number): Valuation {
  switch (valuation.kind) {
    case 'sigmoid':
      return { ...valuation, scale: valuation.scale * factor };
    case 'deadline':
      return { ...valuation, value: valuation.value * factor };
    case 'linear':
      return { ...valuation, value: valuation.value * factor, decay: valuation.decay * factor };
    case 'table':
      return { ...valuation, values: valuation.values.map((value) => value * factor) };
  }
}

/** The instance with some of its bids, by chance of the seed, those of who tries to gain; the same bids of it whatever they try. */
export function gamed(
  priced: PricedInstance,
  { seed, oracle }: { readonly seed: number; readonly oracle: TrainingOracle },
  gaming: Gaming,
): PricedInstance {
  const prng = createPrng(seed * 64 + 35);
  const book = referenceBook(priced.spec);
  let index = 0;
  const bids = priced.bids.map((honest): PricedBid => {
    if (prng.below(100) >= gaming.percent) return honest;
    const truth = { arrival: honest.arrival, valuation: honest.bid.valuation };
    const organisationId = FIRST_GAMER + BigInt(index++ % gaming.organisations);
    const arrival = Math.min(priced.slots - 1, honest.arrival + gaming.waits);
    const valuation = timesValuation(laterBy(truth.valuation, arrival - honest.arrival, priced.slots), gaming.factor);
    const bid = { ...honest.bid, valuation };
    const density = densityOf({ book, bid, oracle, fundsMicros: FUNDS });
    return { ...honest, bid, arrival, organisationId, density, truth };
  });
  return {
    ...priced,
    bids: bids
      .map((bid, at) => ({ bid, at }))
      .sort((a, b) => a.bid.arrival - b.bid.arrival || a.at - b.at)
      .map(({ bid }) => bid),
  };
}

/** What a valuation is from so many slots later on. */
function laterBy(valuation: Valuation, slots: number, horizon: number): Valuation {
  if (slots === 0) return valuation;
  return { kind: 'table', values: Array.from({ length: horizon }, (_, d) => microsToCredits(valueAt(valuation, d + slots))) };
}

/** What bidders of whom one tries something are compared by: tried on shares of 10 % and 30 % of all bids. */
export const GAMINGS: readonly (Gaming & { readonly name: string })[] = [
  ...[10, 30].flatMap((percent) =>
    [0.5, 0.8, 1.25, 2].map((factor) => ({ name: `says x ${factor}`, percent, organisations: 1, factor, waits: 0 })),
  ),
  { name: 'waits a slot', percent: 10, organisations: 1, factor: 1, waits: 1 },
  { name: 'Sybils, the truth', percent: 30, organisations: 3, factor: 1, waits: 0 },
  { name: 'Sybils, says x 0.8', percent: 30, organisations: 3, factor: 0.8, waits: 0 },
  { name: 'a pair, says x 0.8', percent: 20, organisations: 2, factor: 0.8, waits: 0 },
  { name: 'a pair, says x 1.25', percent: 20, organisations: 2, factor: 1.25, waits: 0 },
];

/** The same bidder that tries nothing: it is one organisation, and says what its bids are worth. */
export const honestOf = ({ percent }: Pick<Gaming, 'percent'>): Gaming => ({ percent, organisations: 1, factor: 1, waits: 0 });
