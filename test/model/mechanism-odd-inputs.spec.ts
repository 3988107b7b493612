/** Real: version 4 and the exact solver. Inputs at the edges have a defined answer: possible where the solver finds a plan, valid, and near its price. */
import { createDefaultOracle, budgetsOf, decisionSteps, SEARCH_STEPS_MAX, type TrainingJob, validateSchedule } from '#kinds';
import { cheapestBy, createPrng, loadSolver, type Prng, sizedBook, sizedJob, type Solver } from '#lab';
import { admit, type Book, createBook, type MarketSpec, occupy, paperRule, usageOf } from '#mechanism';
import { lastOf, micros, type Milli } from '#units';

const SEEDS = [1, 2, 3, 4];
const SECONDS = 20;
const ROUNDING = 1_000; // micro-credits
/** What the price may be above the exact one at most. */
const DEARER = 1.25;
const RESOURCES = ['gpu', 'cpu'];
const oracle = createDefaultOracle({ budgets: budgetsOf('default/4') });
const milli = (units: number): Milli => Math.round(units * 1000) as Milli;

interface Odd {
  readonly spec: MarketSpec;
  readonly job: TrainingJob;
  /** Share of every budget that is sold already, percent. */
  readonly soldPercent: number;
}

function plain(prng: Prng): Odd {
  const sites = Array.from({ length: 4 }, (_, at) => ({
    id: `${at}`,
    capacityMilli: [milli(prng.between(2, 6)), milli(prng.between(6, 20))],
  }));
  return {
    spec: {
      resources: RESOURCES,
      sites,
      slotCount: 3,
      chunkKB: milli(prng.between(2, 20)),
      bandwidthKB: milli(prng.between(200, 900)),
      prices: paperRule(RESOURCES, 1000, { unit: micros(1_000_000n), reserve: micros(10_000n) }),
    },
    job: {
      chunks: sites.map(() => prng.between(0, 9)).map((count, at) => (at === 0 ? count + 1 : count)),
      epochs: 10,
      throughputMilli: milli(prng.between(15, 45)),
      parameterKB: milli(prng.between(5, 60)),
      workerMilli: [milli(1), milli(prng.between(1, 2))],
      psMilli: [milli(0), milli(1)],
    },
    soldPercent: 30,
  };
}

const ODD: Readonly<Record<string, (odd: Odd) => Odd>> = {
  'chunks of 1,000 MB over a budget of 100': (odd) => ({ ...odd, spec: { ...odd.spec, chunkKB: milli(1_000), bandwidthKB: milli(100) } }),
  'one site': ({ spec, job, ...odd }) => ({
    ...odd,
    spec: { ...spec, sites: spec.sites.slice(0, 1) },
    job: { ...job, chunks: job.chunks.slice(0, 1) },
  }),
  'one slot': (odd) => ({ ...odd, spec: { ...odd.spec, slotCount: 1 } }),
  'one chunk a worker and slot': (odd) => ({ ...odd, job: { ...odd.job, throughputMilli: milli(odd.job.epochs) } }),
  'parameters heavier than the budget': (odd) => ({ ...odd, job: { ...odd.job, parameterKB: (odd.spec.bandwidthKB + 1) as Milli } }),
  'budgets used up': (odd) => ({ ...odd, soldPercent: 100 }),
  'prices of 0 everywhere': (odd) => ({ ...odd, spec: { ...odd.spec, prices: { kind: 'flat', level: micros(0n), levels: {} } } }),
  'gamma 1': (odd) => ({
    ...odd,
    spec: { ...odd.spec, prices: paperRule(RESOURCES, 1, { unit: micros(1_000_000n), reserve: micros(10_000n) }) },
  }),
};

function bookFor({ spec, soldPercent }: Odd): Book {
  const book = createBook({ ...spec, oracle: 'default/4' }, 0);
  const sold = Math.floor((spec.bandwidthKB * soldPercent) / 100);
  for (let slot = 0; slot < spec.slotCount; slot++) occupy(book, slot, [sold, ...spec.sites.flatMap(() => [0, 0])]);
  return book;
}

/** What a job that is worth a fortune is answered, with whatever is invalid of it. */
function answerTo(book: Book, job: TrainingJob) {
  const valuation = { kind: 'deadline', value: 1e9, deadline: book.slotCount } as const;
  const decision = admit({ book, bid: { job, valuation }, arrival: 0, oracle });
  if (decision.kind === 'refused') return { code: decision.refusal.code, price: undefined, invalid: [] };
  const claim = { spec: book.spec, usage: (slot: number) => usageOf(book, slot), job, arrival: 0, schedule: decision.plan };
  const invalid = validateSchedule({ ...claim, completion: lastOf(decision.plan).slot });
  return { code: 'accepted', price: Number(decision.payment), invalid };
}

describe('odd inputs, by version 4', () => {
  let solver: Solver;
  beforeAll(async () => {
    solver = await loadSolver();
  });

  it.each(Object.keys(ODD))('%s: as the exact solver has it', (name) => {
    let compared = 0;
    for (const seed of SEEDS) {
      const odd = ODD[name](plain(createPrng(seed)));
      const book = bookFor(odd);
      const { code, price, invalid } = answerTo(book, odd.job);
      expect({ name, seed, invalid }).toEqual({ name, seed, invalid: [] });
      const exact = cheapestBy({ solver, book, job: odd.job, arrival: 0, timeLimitSeconds: SECONDS }, book.slotCount - 1);
      if (exact === 'unsolved') continue;
      compared++;
      const expected = exact === 'impossible' ? 'no_feasible_schedule' : 'accepted';
      expect({ name, seed, code }).toEqual({ name, seed, code: expected });
      if (exact === 'impossible' || price === undefined) continue;
      const least = Number(exact.price);
      expect(price).toBeGreaterThanOrEqual(least - ROUNDING);
      expect(price).toBeLessThanOrEqual(least * DEARER + ROUNDING);
    }
    expect(compared).toBeGreaterThan(0);
  });

  it('10,000 chunks at 1,000 sites: within the steps that are promised', () => {
    const market = { sites: 1_000, slots: 8, resources: 2 };
    const book = { ...sizedBook(market, 'differing', 1) };
    const job = sizedJob({ chunks: 10_000, epochs: 20, homes: 'spread', parameters: 'light' }, market, 2);
    const named = { ...book, spec: { ...book.spec, oracle: 'default/4' } };
    const before = oracle.steps();
    const { code, invalid } = answerTo(named, job);
    expect({ code, invalid }).toEqual({ code: 'accepted', invalid: [] });
    expect(oracle.steps() - before).toBeLessThanOrEqual(Math.min(SEARCH_STEPS_MAX, decisionSteps(named, job)));
  });
});
