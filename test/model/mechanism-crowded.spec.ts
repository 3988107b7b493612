/** Real: admission and the versions of the default oracle on crowded markets. What a valuation spares never changes what anything else costs. */
import { createVersionedOracle, type TrainingDecision, type TrainingJob, type TrainingMenu, validateSchedule } from '#kinds';
import { bookOf, createPrng, FAMILIES, type Family, microsToCredits, paperWorkload, type Prng, toBid } from '#lab';
import { admit, applyFootprint, type Book, menuOf, menuPriceBy, usageOf, type Valuation, valueAt } from '#mechanism';
import { lastOf } from '#units';

const VALUATIONS = 50;
const oracle = createVersionedOracle();

/** Valuations that leave out different entries: just above or below some price, steps, and all that falls in between. */
function valuationFor(prng: Prng, menu: TrainingMenu): Valuation {
  const price = menu.length > 0 ? microsToCredits(prng.pick(menu).price) : prng.between(1, 1000);
  const scale = prng.pick([0.5, 0.999999, 1.000001, 1.01, 1.5, 4]);
  if (prng.below(3) === 0) return { kind: 'deadline', value: price * scale, deadline: prng.between(0, 9) };
  if (prng.below(2) === 0) return { kind: 'linear', value: price * scale * 2, decay: (price * prng.between(0, 40)) / 100 };
  let value = price * scale * prng.between(1, 4);
  return { kind: 'table', values: Array.from({ length: 10 }, () => (value *= prng.pick([1, 1, 0.9, 0.5]))) };
}

/** What the rule chooses from the whole menu: the most utility, the earliest on a tie, above zero. */
function bestOf(menu: TrainingMenu, valuation: Valuation): { completion: number; payment: bigint } | undefined {
  let best: { completion: number; payment: bigint; utility: bigint } | undefined;
  for (const { completion, price } of menu) {
    const utility = valueAt(valuation, completion) - price;
    if (utility > (best?.utility ?? 0n)) best = { completion, payment: price, utility };
  }
  return best && { completion: best.completion, payment: best.payment };
}

const chosen = (decision: TrainingDecision): { completion: number; payment: bigint } | undefined =>
  decision.kind === 'accepted' ? { completion: decision.completion, payment: decision.payment } : undefined;

/** A market of a family that names version 4, and its job with at most so many chunks at a site: small ones are decided fast. */
function caseOf(family: Family, seed: number, chunksMax: number): { book: Book; job: TrainingJob } {
  const instance = FAMILIES[family](seed);
  const [asked] = instance.jobs;
  const { job } = toBid(asked, instance.resources);
  const made = bookOf(instance);
  const book = { ...made, spec: { ...made.spec, oracle: 'default/4' } };
  return { book, job: { ...job, chunks: job.chunks.map((count) => Math.min(count, chunksMax)) } };
}

function differences(book: Book, job: TrainingJob, prng: Prng): readonly unknown[] {
  const menu = menuOf({ book, job, arrival: 0, oracle });
  return Array.from({ length: VALUATIONS }, () => valuationFor(prng, menu)).flatMap((valuation) => {
    const found = chosen(admit({ book, bid: { job, valuation }, arrival: 0, oracle }));
    const expected = bestOf(menu, valuation);
    return found?.completion === expected?.completion && found?.payment === expected?.payment ? [] : [{ valuation, found, expected }];
  });
}

describe('admission by version 4 under any valuation chooses from the menu as it is computed whole', () => {
  it.each<[Family, number, number]>([
    ['crowded', 3, Infinity],
    ['crowded', 1, 4],
    ['broad', 1, Infinity],
    ['paper', 6, Infinity],
    ['uneven', 10, Infinity],
    ['remote', 10, Infinity],
  ])('%s: %d markets, jobs of at most %d chunks a site', (family, count, chunksMax) => {
    for (let seed = 1; seed <= count; seed++) {
      const { book, job } = caseOf(family, seed, chunksMax);
      expect({ seed, found: differences(book, job, createPrng(seed)) }).toEqual({ seed, found: [] });
    }
  });
});

describe('floors that version 4 proves', () => {
  it('are no more than what plans that end there cost, whichever was searched for first', () => {
    let proven = 0;
    for (let seed = 1; seed <= 12; seed++) {
      const { book, job } = caseOf('crowded', seed, Infinity);
      const menu = menuOf({ book, job, arrival: 0, oracle });
      const search = oracle.open(book, job, 0);
      const dear: number[] = [];
      for (let completion = 0; completion < book.slotCount; completion++)
        if (search.advance() < Infinity && search.bound() < Infinity && search.dear?.isDear() === true) dear.push(completion);
      for (const completion of dear.reverse()) {
        search.dear?.returnTo(completion);
        search.plan();
        for (const { completion: at, price, plan } of menu.filter((one) => lastOf(one.plan).slot === one.completion)) {
          const floor = search.dear?.floorOf(at) ?? 0;
          if (floor > 0) proven++;
          expect({ seed, at, plan, above: floor > Number(price) + 1000 }).toEqual({ seed, at, plan, above: false });
        }
      }
    }
    expect(proven).toBeGreaterThan(20);
  });
});

describe('what version 4 finds on crowded markets', () => {
  it('is valid, and on the whole cheaper than by version 3', () => {
    let [older, newer] = [0, 0];
    for (let seed = 1; seed <= 12; seed++) {
      const { book, job } = caseOf('crowded', seed, Infinity);
      const menu = menuOf({ book, job, arrival: 0, oracle });
      for (const { plan } of menu) {
        const claim = { spec: book.spec, usage: (slot: number) => usageOf(book, slot), job, arrival: 0, schedule: plan };
        expect(validateSchedule({ ...claim, completion: lastOf(plan).slot })).toEqual([]);
      }
      const before = menuOf({ book: { ...book, spec: { ...book.spec, oracle: 'default/3' } }, job, arrival: 0, oracle });
      const last = before.at(-1);
      if (!last) continue;
      older += microsToCredits(last.price);
      newer += microsToCredits(menu.at(-1)?.price ?? last.price * 1000n);
    }
    expect(newer).toBeLessThan(older);
  });
});

describe('what version 4 refuses on a testbed that is sold to a good part', () => {
  it('is what the menu does not have by then, whichever floors say so', () => {
    const instance = paperWorkload({ kind: 'testbed', jobs: 40, seed: 501 });
    const made = bookOf(instance);
    const book = { ...made, spec: { ...made.spec, oracle: 'default/4' } };
    let impossible = 0;
    for (const asked of instance.jobs) {
      const { arrival } = asked;
      const bid = toBid(asked, instance.resources);
      for (const deadline of [0, 2, 5]) {
        const decision = admit({ book, bid: { ...bid, valuation: { kind: 'deadline', value: 1e6, deadline } }, arrival, oracle });
        const isEmpty = menuPriceBy({ book, job: bid.job, arrival, oracle }, arrival + deadline) === undefined;
        expect({ id: asked.id, deadline, kind: decision.kind }).toEqual({ id: asked.id, deadline, kind: isEmpty ? 'refused' : 'accepted' });
        if (isEmpty) impossible++;
      }
      const decision = admit({ book, bid, arrival, oracle });
      if (decision.kind === 'accepted') applyFootprint(book, decision.footprint);
    }
    expect(impossible).toBeGreaterThan(10);
  });
});
