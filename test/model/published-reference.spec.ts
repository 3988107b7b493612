/** Real: the solver, the oracles, the published menus and optima. The full sets are measured by `npm run bench:mechanism`. */
import { readFileSync } from 'node:fs';
import {
  bookOf,
  exactMenu,
  loadSolver,
  microsToCredits,
  offlineBound,
  offlineOptimum,
  parseInstance,
  toBid,
  type Instance,
  type Solver,
} from '#lab';
import { createOracle } from '#kinds';
import { menuOf } from '#mechanism';
import { describePublished, published } from '../support/published.js';

interface PublishedMenu {
  readonly kind: string;
  readonly seed: number;
  readonly menu: readonly (number | null)[];
}

const CREDIT_TOLERANCE = 1e-3;
const EVERY = 16; // one of so many published cases: the solver takes a third of a second for each

function instanceOf(source: unknown): Instance {
  const parsed = parseInstance(source);
  if (parsed.kind === 'faults') throw new Error(JSON.stringify(parsed.faults));
  return parsed.instance;
}

const inCredits = (menu: readonly { completion: number; price: bigint }[], { slots }: Instance): (number | null)[] =>
  Array.from({ length: slots }, (_, slot) => {
    const entry = menu.find(({ completion }) => completion === slot);
    return entry ? microsToCredits(entry.price) : null;
  });

describePublished('the published reference', () => {
  let solver: Solver;
  let generate: (kind: string, seed: number) => unknown;
  const menus = published.exists
    ? readFileSync(published.path('data', 'oracle-exact.jsonl'), 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as PublishedMenu)
    : [];

  beforeAll(async () => {
    solver = await loadSolver();
    ({ instance: generate } = (await import(published.path('tools', 'instances.mjs'))) as { instance: typeof generate });
  });

  const sample = menus.filter((_, index) => index % EVERY === 0).map((menu) => [`${menu.kind} ${menu.seed}`, menu] as const);
  it.each(sample)('has our exact menu: %s', (_, { kind, seed, menu }) => {
    const instance = instanceOf(generate(kind, seed));
    const { job } = toBid(instance.jobs[0], instance.resources);
    const ours = inCredits(exactMenu({ solver, book: bookOf(instance), job, arrival: 0, timeLimitSeconds: 60 }).menu, instance);
    expect(ours.map((price) => price === null)).toEqual(menu.map((price) => price === null));
    ours.forEach((price, d) => expect(Math.abs((price ?? 0) - (menu[d] ?? 0))).toBeLessThan(CREDIT_TOLERANCE));
  });

  it('is never beaten by an oracle, in no case', () => {
    for (const name of ['default', 'paper'] as const) {
      const oracle = createOracle(name);
      for (const { kind, seed, menu } of menus) {
        const instance = instanceOf(generate(kind, seed));
        const { job } = toBid(instance.jobs[0], instance.resources);
        const ours = inCredits(menuOf({ book: bookOf(instance), job, arrival: 0, oracle }), instance);
        const beaten = ours.filter((price, d) => price !== null && price < (menu[d] ?? Infinity) - CREDIT_TOLERANCE);
        expect({ name, kind, seed, beaten }).toEqual({ name, kind, seed, beaten: [] });
      }
    }
  });

  it.each([1, 3, 6])('has our offline optimum and linear bound: small-%i', (index) => {
    const instance = instanceOf(readFileSync(published.path('data', 'instances', `small-${index}.json`), 'utf8'));
    const optima = JSON.parse(readFileSync(published.path('data', 'offline-optimum.json'), 'utf8')) as Record<
      string,
      { welfare: number; lpBound: number }
    >;
    const { welfare, lpBound } = optima[`small-${index}`];
    expect(offlineOptimum({ solver, instance, timeLimitSeconds: 60 })).toMatchObject({
      kind: 'optimal',
      welfare: expect.closeTo(welfare, 2) as number,
    });
    expect(offlineBound({ solver, instance, timeLimitSeconds: 60 })).toBeCloseTo(lpBound, 1);
  });
});
