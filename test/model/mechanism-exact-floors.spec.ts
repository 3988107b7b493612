/** Real: floors of version 4, and the exact solver. What no search has to look at costs no less than its floor, whoever else was searched. */
import { createVersionedOracle } from '#kinds';
import { bookOf, cheapestBy, FAMILIES, type Family, loadSolver, type Solver, toBid } from '#lab';

const SECONDS = 10;
const LATEST = 3;
const ROUNDING = 1_000; // micro-credits
const oracle = createVersionedOracle();

/** Opens the slots up to the latest. @returns the last completion whose plans are dear to find. */
function lastDear(search: ReturnType<typeof oracle.open>): number | undefined {
  let last: number | undefined;
  for (let completion = 0; completion <= LATEST; completion++)
    if (search.advance() < Infinity && search.bound() < Infinity && search.dear?.isDear() === true) last = completion;
  return last;
}

describe('floors of version 4', () => {
  let solver: Solver;
  beforeAll(async () => {
    solver = await loadSolver();
  });

  it.each<[Family, number]>([
    ['broad', 4],
    ['crowded', 12],
  ])('%s: are no more than the exact prices, before and after a search', (family, count) => {
    let compared = 0;
    for (let seed = 1; seed <= count; seed++) {
      const instance = FAMILIES[family](seed);
      const [asked] = instance.jobs;
      const made = bookOf(instance);
      const book = { ...made, spec: { ...made.spec, oracle: 'default/4' } };
      const whole = toBid(asked, instance.resources).job;
      const job = { ...whole, chunks: whole.chunks.map((chunks) => Math.ceil(chunks / 4)) };
      const search = oracle.open(book, job, 0);
      const dear = lastDear(search);
      const exact = cheapestBy({ solver, book, job, arrival: 0, timeLimitSeconds: SECONDS }, LATEST);
      if (dear === undefined || typeof exact === 'string' || exact.price === 0n) continue;
      const least = (): number => Math.min(...Array.from({ length: LATEST + 1 }, (_, completion) => search.dear?.floorOf(completion) ?? 0));
      const before = least();
      search.dear?.returnTo(dear);
      search.plan();
      const after = least();
      const price = Number(exact.price);
      expect({ seed, before, after, price, falls: after < before, above: after > price + ROUNDING }).toMatchObject({
        falls: false,
        above: false,
      });
      compared++;
    }
    expect(compared).toBeGreaterThan(0);
  });
});
