/** Real: admission and the default oracle on crowded markets. What a valuation spares never changes what anything else costs. */
import {
  admit,
  createOracle,
  menuOf,
  valueAt,
  type Job,
  type Book,
  type Decision,
  type Menu,
  type Oracle,
  type Valuation,
} from '#mechanism';
import { bookOf, createPrng, FAMILIES, microsToCredits, toBid, type Family, type Prng } from '#lab';

const VALUATIONS = 50;

/** Valuations that leave out different entries: just above or below some price, steps, and all that falls in between. */
function valuationFor(prng: Prng, menu: Menu): Valuation {
  const price = menu.length > 0 ? microsToCredits(prng.pick(menu).price) : prng.between(1, 1000);
  const scale = prng.pick([0.5, 0.999999, 1.000001, 1.01, 1.5, 4]);
  if (prng.below(3) === 0) return { kind: 'deadline', value: price * scale, deadline: prng.between(0, 9) };
  if (prng.below(2) === 0) return { kind: 'linear', value: price * scale * 2, decay: (price * prng.between(0, 40)) / 100 };
  let value = price * scale * prng.between(1, 4);
  return { kind: 'table', values: Array.from({ length: 10 }, () => (value *= prng.pick([1, 1, 0.9, 0.5]))) };
}

/** What the rule chooses from the whole menu: the most utility, the earliest on a tie, above zero. */
function bestOf(menu: Menu, valuation: Valuation): { completion: number; payment: bigint } | undefined {
  let best: { completion: number; payment: bigint; utility: bigint } | undefined;
  for (const { completion, price } of menu) {
    const utility = valueAt(valuation, completion) - price;
    if (utility > (best?.utility ?? 0n)) best = { completion, payment: price, utility };
  }
  return best && { completion: best.completion, payment: best.payment };
}

const chosen = (decision: Decision): { completion: number; payment: bigint } | undefined =>
  decision.kind === 'accepted' ? { completion: decision.completion, payment: decision.payment } : undefined;

function differences({ book, job, oracle, prng }: { book: Book; job: Job; oracle: Oracle; prng: Prng }): readonly unknown[] {
  const menu = menuOf({ book, job, arrival: 0, oracle });
  return Array.from({ length: VALUATIONS }, () => valuationFor(prng, menu)).flatMap((valuation) => {
    const found = chosen(admit({ book, bid: { job, valuation }, arrival: 0, oracle }));
    const expected = bestOf(menu, valuation);
    return found?.completion === expected?.completion && found?.payment === expected?.payment ? [] : [{ valuation, found, expected }];
  });
}

/** A job with at most so many chunks at a site: decided fast, so that many comparisons fit into a test. */
const cut = (job: Job, chunksMax: number): Job => ({ ...job, chunks: job.chunks.map((count) => Math.min(count, chunksMax)) });

describe('admission under any valuation chooses from the menu as it is computed whole', () => {
  const oracle = createOracle('default');
  it.each<[Family, number, number]>([
    ['crowded', 2, Infinity],
    ['broad', 1, Infinity],
    ['paper', 10, Infinity],
    ['uneven', 50, Infinity],
    ['remote', 50, Infinity],
    ['uneven', 100, 1],
    ['remote', 100, 1],
  ])('%s: %d markets, jobs of at most %d chunks a site', (family, count, chunksMax) => {
    for (let seed = 1; seed <= count; seed++) {
      const instance = FAMILIES[family](seed);
      const job = cut(toBid(instance.jobs[0], instance.resources).job, chunksMax);
      const found = differences({ book: bookOf(instance), job, oracle, prng: createPrng(seed) });
      expect({ seed, found }).toEqual({ seed, found: [] });
    }
  });
});
