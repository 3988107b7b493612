import type { TrainingOracle } from '#kinds';
import { densityOf, referenceBook } from '#mechanism';
import { micros } from '#units';
import { toBid } from '../convert.js';
import type { Instance } from '../instance.js';
import { createPrng } from '../prng.js';
import type { PricedBid, PricedInstance } from './play.js';

/** How a market is griefed: so many fakes of all bids, from so many organisations that are in it together. */
export interface Griefing {
  readonly percent: number;
  readonly organisations: number;
}

/** What fakes claim to be worth, and by when they must be done: next to nothing is free so soon, so most are refused and cost nothing. */
const CLAIMED = { kind: 'deadline', value: 90_000, deadline: 3 } as const;
/** A fake is as much larger than a job of the workload as an empty market still has room for. */
const SIZES = [2, 1.5, 1, 0.75, 0.5, 0.25];
const FIRST_GRIEFER = 1_000n;
const FUNDS = micros(10n ** 18n);

/** The instance with fakes among its bids, by chance of the seed. */
export function griefed(
  priced: PricedInstance,
  { instance, oracle, seed }: { readonly instance: Instance; readonly oracle: TrainingOracle; readonly seed: number },
  { percent, organisations }: Griefing,
): PricedInstance {
  const prng = createPrng(seed * 64 + 33);
  const book = referenceBook(priced.spec);
  const count = Math.round((priced.bids.length * percent) / (100 - percent));
  const fakes = Array.from({ length: count }, (_, index): PricedBid | undefined => {
    const job = prng.pick(instance.jobs);
    for (const size of SIZES) {
      const chunks = job.chunks.map((chunk) => Math.ceil(chunk * size));
      const bid = toBid({ ...job, chunks, worker: { gpu: 1, cpu: 2, memoryGB: 3 }, valuation: CLAIMED }, instance.resources);
      const density = densityOf({ book, bid, oracle, fundsMicros: FUNDS });
      if (density)
        return { arrival: job.arrival, bid, organisationId: FIRST_GRIEFER + BigInt(index % organisations), density, isFake: true };
    }
    return undefined;
  });
  const all = [...priced.bids, ...fakes.filter((fake) => fake !== undefined)].map((bid) => ({ bid, place: prng.below(1_000_000) }));
  const bids = all.sort((a, b) => a.bid.arrival - b.bid.arrival || a.place - b.place).map(({ bid }) => bid);
  return { ...priced, bids };
}
