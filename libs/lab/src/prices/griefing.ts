import type { TrainingOracle } from '#kinds';
import { type Density, densityOf, referenceBook, SHARE_UNITS, type Valuation } from '#mechanism';
import { micros } from '#units';
import { toBid } from '../convert.js';
import type { Instance, InstanceJob } from '../instance.js';
import { createPrng, type Prng } from '../prng.js';
import type { PricedBid, PricedInstance } from './play.js';

/**
 * Kinds of fakes. `rush`: large jobs due at once that claim 90,000 credits, at any time; most are refused and cost nothing. `burst`: those, all of them in
 * two slots. `early`: those, all of them in the first tenth of the slots, when little is known. `crumbs`: small jobs that claim as much and can wait; they are
 * accepted, and hold levels up by what they pay. `adaptive`: large jobs whose worth follows the level that is posted, always half above it.
 */
export const FAKES = ['rush', 'burst', 'early', 'crumbs', 'adaptive'] as const;
/** One of them. */
export type FakeKind = (typeof FAKES)[number];

/** How a market is griefed: so many fakes of all bids, from so many organisations that are in it together. */
export interface Griefing {
  readonly kind: FakeKind;
  readonly percent: number;
  readonly organisations: number;
}

/** What fakes claim to be worth, and by when they must be done: next to nothing is free so soon. */
const CLAIMED: Valuation = { kind: 'deadline', value: 90_000, deadline: 3 };
const PATIENT: Valuation = { kind: 'deadline', value: 90_000, deadline: 12 };
/** A fake is as much larger than a job of the workload as an empty market still has room for. */
const LARGE = [2, 1.5, 1, 0.75, 0.5, 0.25];
const SMALL = [0.25, 0.1];
const FIRST_GRIEFER = 1_000n;
const FUNDS = micros(10n ** 18n);
/** How far above the posted level an adaptive fake claims to be. */
const ABOVE = 1.5;

interface Faking {
  readonly instance: Instance;
  readonly oracle: TrainingOracle;
  readonly seed: number;
}

/** The instance with fakes among its bids, by chance of the seed. */
export function griefed(
  priced: PricedInstance,
  { instance, oracle, seed }: Faking,
  { kind, percent, organisations }: Griefing,
): PricedInstance {
  const prng = createPrng(seed * 64 + 33);
  const book = referenceBook(priced.spec);
  const count = Math.round((priced.bids.length * percent) / (100 - percent));
  const fakes = Array.from({ length: count }, (_, index): PricedBid | undefined => {
    const job = prng.pick(instance.jobs);
    const arrival = arrivalOf(kind, job, { slots: instance.slots, prng });
    for (const size of kind === 'crumbs' ? SMALL : LARGE) {
      const chunks = job.chunks.map((chunk) => Math.ceil(chunk * size));
      const valuation = kind === 'crumbs' ? PATIENT : CLAIMED;
      const bid = toBid({ ...job, chunks, worker: { gpu: 1, cpu: 2, memoryGB: 3 }, valuation }, instance.resources);
      const density = densityOf({ book, bid, oracle, fundsMicros: FUNDS });
      if (!density) continue;
      const fake = { arrival, bid, organisationId: FIRST_GRIEFER + BigInt(index % organisations), density, isFake: true };
      return kind === 'adaptive' ? { ...fake, asked: (level) => claiming(fake, density, ABOVE * level) } : fake;
    }
    return undefined;
  });
  const all = [...priced.bids, ...fakes.filter((fake) => fake !== undefined)].map((bid) => ({ bid, place: prng.below(1_000_000) }));
  const bids = all.sort((a, b) => a.bid.arrival - b.bid.arrival || a.place - b.place).map(({ bid }) => bid);
  return { ...priced, bids };
}

const BURSTS = [0.3, 0.6];
const EARLY = 0.1;

function arrivalOf(kind: FakeKind, job: InstanceJob, { slots, prng }: { readonly slots: number; readonly prng: Prng }): number {
  if (kind === 'burst') return Math.floor(slots * prng.pick(BURSTS));
  return kind === 'early' ? prng.below(Math.max(1, Math.floor(slots * EARLY))) : job.arrival;
}

/** A fake that claims that density: what it is worth is the density times what its plan takes. */
function claiming(fake: PricedBid, density: Density, claimed: number): Pick<PricedBid, 'bid' | 'density'> {
  const level = Math.max(1, Math.floor(claimed));
  const taken = density.shares.reduce((sum, share) => sum + share, 0) / SHARE_UNITS;
  const value = Math.min(90_000, (level * taken) / 1e6);
  return {
    bid: { ...fake.bid, valuation: { kind: 'deadline', value, deadline: density.slots - 1 } },
    density: { ...density, levelMicros: level },
  };
}
