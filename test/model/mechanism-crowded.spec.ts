/** Real: admission and the versions of the default oracle on crowded markets. What a valuation spares never changes what anything else costs. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createVersionedOracle, type TrainingJob, validateSchedule } from '#kinds';
import { bookOf, choiceDifferences, createPrng, FAMILIES, type Family, microsToCredits, paperWorkload, toBid } from '#lab';
import { admit, applyFootprint, type Book, menuOf, menuPriceBy, usageOf } from '#mechanism';
import { lastOf } from '#units';

const VALUATIONS = 50;
const oracle = createVersionedOracle();

/** A market of a family that names version 4, and its job with at most so many chunks at a site: small ones are decided fast. */
function caseOf(family: Family, seed: number, chunksMax: number): { book: Book; job: TrainingJob } {
  const instance = FAMILIES[family](seed);
  const [asked] = instance.jobs;
  const { job } = toBid(asked, instance.resources);
  const made = bookOf(instance);
  const book = { ...made, spec: { ...made.spec, oracle: 'default/4' } };
  return { book, job: { ...job, chunks: job.chunks.map((count) => Math.min(count, chunksMax)) } };
}

/** A few markets of each; the bench makes as many comparisons as are asked for (`npm run bench:mechanism -- --only choices --comparisons 10000000`). */
describe('admission by version 4 under any valuation chooses from the menu as it is computed whole', () => {
  it.each<[Family, number, number]>([
    ['crowded', 3, Infinity],
    ['broad', 1, Infinity],
    ['crowded', 1, 4],
    ['paper', 6, Infinity],
    ['uneven', 10, Infinity],
    ['remote', 10, Infinity],
  ])('%s: %d markets, jobs of at most %d chunks a site', (family, count, chunksMax) => {
    for (let seed = 1; seed <= count; seed++) {
      const { book, job } = caseOf(family, seed, chunksMax);
      const found = choiceDifferences({ book, job, oracle, valuations: VALUATIONS }, createPrng(seed));
      expect({ seed, found }).toEqual({ seed, found: [] });
    }
  });

  it('in 100,000 comparisons on small markets', () => {
    const said = execFileSync(process.execPath, [fileURLToPath(new URL('../support/choices.mjs', import.meta.url))], { encoding: 'utf8' });
    expect(JSON.parse(said)).toEqual({ compared: 100_000, differing: [] });
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
