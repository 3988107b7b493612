import { loadSolver, type Solver } from '#lab';
import { createOracle } from '#kinds';
import { generatorOf, instanceOf, sharedMenus, type Case } from '../cases.js';
import { exactCases } from '../exact-cache.js';
import { gapFigures, gapsOf, mean, utilityLossOf, type GapFigures } from '../figures.js';
import { compare } from '../menus.js';
import { hasShared } from '../repository.js';
import { meanWithSpread, percent, table } from '../spread.js';

const FURTHER = { full: 200, quick: 25 };
const BROAD = { full: 60, quick: 8 }; // the solver needs seconds for one of these, and gives up on some
const FIRST_SEED = 1001;

interface CaseSet {
  readonly name: string;
  /** Under which name the figures go into the last line. */
  readonly family: 'oracle' | 'uneven' | 'remote' | 'broad';
  readonly cases: readonly Case[];
}

/** Our menus beside exact ones, for both oracles, over the published set (if it is there), further seeds and a third family. */
export async function gapSection(quick: boolean): Promise<Readonly<Record<string, number>>> {
  const sets = await caseSets(await loadSolver(), quick);
  const figures = { default: figuresOf(sets, 'default'), paper: figuresOf(sets, 'paper') };
  console.log('\n# Prices above the exact optimum, over all menu entries\n');
  console.log(table([HEAD, ...figures.default.rows, ...figures.paper.rows]));
  console.log(`\nexact solver: ${mean(sets.flatMap(({ cases }) => cases.flatMap(({ ms }) => ms ?? []))).toFixed(0)} ms a menu (HiGHS)`);
  console.log(
    'gap: ours / exact - 1 where both exist (0 of 0 counts as 0, more than 0 of 0 as 1); +-: 95 % interval of the mean over cases',
  );
  return {
    ...named(figures.default.totals, 'oracle', ''),
    ...named(figures.default.totals, 'uneven', 'uneven'),
    ...named(figures.default.totals, 'remote', 'remote'),
    ...named(figures.default.totals, 'broad', 'broad'),
  };
}

async function caseSets(solver: Solver, quick: boolean): Promise<readonly CaseSet[]> {
  const further = async (kind: string, { full, quick: few } = FURTHER): Promise<readonly Case[]> => {
    const seeds = Array.from({ length: quick ? few : full }, (_, index) => FIRST_SEED + index);
    const onSolved = (seed: number, ms: number): void => void process.stderr.write(`exact menu of ${kind} ${seed}: ${ms.toFixed(0)} ms\n`);
    return exactCases({ solver, kind, seeds, timeLimitSeconds: 30, onSolved });
  };
  const published = await Promise.all(
    (['oracle', 'uneven'] as const).map(async (family) => ({ name: `${family}, published`, family, cases: await publishedCases(family) })),
  );
  return [
    ...published.filter(({ cases }) => cases.length > 0),
    { name: 'oracle, further seeds', family: 'oracle', cases: await further(hasShared ? 'oracle' : 'own-paper') },
    { name: 'uneven, further seeds', family: 'uneven', cases: await further(hasShared ? 'uneven' : 'own-uneven') },
    { name: 'remote (third family)', family: 'remote', cases: await further('own-remote') },
    { name: 'broad (testbed-size jobs)', family: 'broad', cases: await further('own-broad', BROAD) },
  ];
}

async function publishedCases(family: string): Promise<readonly Case[]> {
  if (!hasShared) return [];
  const generate = await generatorOf(family);
  return sharedMenus()
    .filter(({ kind }) => kind === family)
    .map((menu) => ({ ...menu, instance: instanceOf(generate(menu.seed)) }));
}

const HEAD = ['set', 'oracle', 'cases', 'gap mean', '+-', 'p95', 'max', 'called impossible', 'utility lost', '+-', 'WRONG'];

interface Figures {
  readonly rows: readonly (readonly string[])[];
  readonly totals: Readonly<Record<string, GapFigures>>;
}

function figuresOf(sets: readonly CaseSet[], name: 'default' | 'paper'): Figures {
  const oracle = createOracle(name);
  const compared = sets.map((set) => ({ ...set, comparisons: set.cases.map((one) => compare(one, oracle)) }));
  const rows = compared.map(({ name: setName, comparisons }) => {
    const figures = gapFigures(comparisons);
    const gapSpread = meanWithSpread(comparisons.map((one) => mean(gapsOf(one)))).halfWidth;
    const lossSpread = meanWithSpread(comparisons.flatMap((one) => utilityLossOf(one) ?? [])).halfWidth;
    const wrong = figures.falsePossible + figures.belowExact;
    const shares = [
      figures.gapMean,
      gapSpread,
      figures.gapP95,
      figures.gapMax,
      figures.falseImpossible,
      figures.utilityLossMean,
      lossSpread,
    ];
    return [setName, name, String(figures.cases), ...shares.map((share) => percent(share)), String(wrong)];
  });
  const families = [...new Set(sets.map(({ family }) => family))];
  const totals = families.map(
    (family) => [family, gapFigures(compared.filter((set) => set.family === family).flatMap(({ comparisons }) => comparisons))] as const,
  );
  return { rows, totals: Object.fromEntries(totals) };
}

/** The figures of a family under a prefix: gapMean, or unevenGapMean. */
function named(totals: Figures['totals'], family: string, prefix: string): Record<string, number> {
  const figures = totals[family];
  const name = (key: string): string => (prefix === '' ? key : `${prefix}${key[0].toUpperCase()}${key.slice(1)}`);
  const keys = ['gapMean', 'gapP95', 'falseImpossible', 'utilityLossMean'] as const;
  return Object.fromEntries(keys.map((key) => [name(key), figures[key]]));
}
