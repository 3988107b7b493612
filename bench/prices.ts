/**
 * The rules of prices side by side: `npm run bench:prices` (`-- --seeds 4`: at most so many seeds a workload; `--first 3001`: other ones; `--only testbed`).
 * Over sixteen workloads: the paper's constants, the best flat level in hindsight (one level for all seeds of a workload), and the learnt level, cold and
 * warm (after one instance more); welfare in credits, means over seeds. Then griefing, and scaled valuations. The last line is one JSON object.
 */
import { parseArgs } from 'node:util';
import { createOracle } from '#kinds';
import {
  flatAt,
  griefed,
  type Griefing,
  type Instance,
  LevelLearner,
  playLearning,
  playRule,
  pricedInstance,
  type PricedInstance,
  type Workload,
  WORKLOADS,
} from '#lab';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '24' },
    first: { type: 'string', default: '5001' },
    only: { type: 'string', default: '' },
  },
});
const oracle = createOracle('default');
const mean = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
const figure = (number: number, digits = 3): string => number.toFixed(digits).padStart(9);

/** An instance to play, and the one before it. */
interface Pair {
  readonly seed: number;
  readonly instance: Instance;
  readonly played: PricedInstance;
  readonly before: PricedInstance;
}

function pairOf(workload: Workload, seed: number): Pair {
  const instance = workload.make(seed);
  const before = workload.make(seed + 1_000_000);
  return { seed, instance, played: pricedInstance(instance, oracle, seed), before: pricedInstance(before, oracle, seed + 1_000_000) };
}

const seedsOf = (count: number): number[] =>
  Array.from({ length: Math.min(count, Number(values.seeds)) }, (_, index) => Number(values.first) + index);

const STEPS_PER_DOUBLING = 3;
const FINE_STEPS = [-2, -1, 1, 2].map((ninth) => 2 ** (ninth / 9));

/** The level that would have been best for all of these together, and what each is worth at it. */
function bestFlat(instances: readonly PricedInstance[]): { level: number; welfare: number[] } {
  const densities = instances.flatMap(({ bids }) => bids.flatMap(({ density }) => (density ? [density.levelMicros / 1e6] : [])));
  const middle = densities.sort((a, b) => a - b)[densities.length >> 1] ?? 1;
  const at = (level: number) => ({ level, welfare: instances.map((instance) => playRule(instance, flatAt(level), oracle).welfare) });
  const coarse = [0, ...Array.from({ length: 25 }, (_, step) => middle * 2 ** ((step - 13) / STEPS_PER_DOUBLING))].map(at);
  const better = (one: ReturnType<typeof at>, other: ReturnType<typeof at>) => (mean(other.welfare) > mean(one.welfare) ? other : one);
  const best = coarse.reduce(better);
  return FINE_STEPS.map((factor) => at(best.level * factor)).reduce(better, best);
}

function learnt(instance: PricedInstance, before?: PricedInstance): { welfare: number; levels: readonly bigint[] } {
  const learner = new LevelLearner(instance.slots);
  if (before) {
    playLearning(before, learner, oracle);
    learner.goOn();
  }
  const { welfare } = playLearning(instance, learner, oracle);
  return { welfare, levels: learner.levels };
}

/** Half of a 95 % interval of a ratio of sums, by the delta method; 0 of one pair. */
function halfWidth(over: readonly number[], under: readonly number[]): number {
  const ratio = mean(over) / mean(under);
  if (over.length < 2) return 0;
  const residuals = over.map((value, index) => (value - ratio * under[index]) / mean(under));
  return (1.96 * Math.sqrt(residuals.reduce((sum, residual) => sum + residual ** 2, 0) / (over.length - 1))) / Math.sqrt(over.length);
}

interface Row {
  readonly warm: number;
  readonly cold: number;
  readonly overPaper: number;
}

function compare(workload: Workload): Row {
  const pairs = seedsOf(workload.seeds).map((seed) => pairOf(workload, seed));
  const paper = pairs.map(({ played }) => playRule(played, played.spec.prices, oracle).welfare);
  const flat = bestFlat(pairs.map(({ played }) => played));
  const cold = pairs.map(({ played }) => learnt(played).welfare);
  const warm = pairs.map(({ played, before }) => learnt(played, before).welfare);
  const row = { warm: mean(warm) / mean(flat.welfare), cold: mean(cold) / mean(flat.welfare), overPaper: mean(warm) / mean(paper) };
  const told = [pairs.length, mean(paper), mean(flat.welfare), flat.level].map((number) => figure(number, 0)).join('');
  const shares = `${figure(row.cold)} ±${halfWidth(cold, flat.welfare).toFixed(3)}${figure(row.warm)} ±${halfWidth(warm, flat.welfare).toFixed(3)}`;
  console.log(`${workload.name.padEnd(24)}${told}${shares}${figure(mean(cold) / mean(paper), 2)}${figure(row.overPaper, 2)}`);
  return row;
}

const GRIEFINGS: readonly Griefing[] = [
  { percent: 5, organisations: 1 },
  { percent: 10, organisations: 1 },
  { percent: 10, organisations: 3 },
  { percent: 30, organisations: 1 },
  { percent: 30, organisations: 3 },
];

/** Points of real welfare that fakes cost beyond what they cost under a fixed flat price. */
function griefing(workload: Workload): number[] {
  const pairs = seedsOf(6).map((seed) => pairOf(workload, seed));
  const flat = bestFlat(pairs.map(({ played }) => played));
  const honest = pairs.map(({ played, before }) => learnt(played, before).welfare);
  return GRIEFINGS.map((how) => {
    const fakes = pairs.map(({ played, before, instance, seed }) => ({
      played: griefed(played, { instance, oracle, seed }, how),
      before: griefed(before, { instance, oracle, seed: seed + 1_000_000 }, how),
    }));
    const kept = mean(fakes.map(({ played, before }) => learnt(played, before).welfare)) / mean(honest);
    const keptFlat = mean(fakes.map(({ played }) => playRule(played, flatAt(flat.level), oracle).welfare)) / mean(flat.welfare);
    const cost = 100 * (keptFlat - kept);
    console.log(
      `${workload.name.padEnd(24)}${how.percent} % by ${how.organisations}: learnt keeps ${kept.toFixed(3)}, flat ${keptFlat.toFixed(3)}: ${cost.toFixed(1)} points`,
    );
    return cost;
  });
}

/** The same instance with all values scaled. */
const timesValue = (instance: Instance, factor: number): Instance => ({
  ...instance,
  jobs: instance.jobs.map((job) =>
    job.valuation.kind === 'sigmoid' ? { ...job, valuation: { ...job.valuation, scale: job.valuation.scale * factor } } : job,
  ),
});

/** How far welfare moves, and levels, where all values are scaled; the larger of the two factors. */
function scaling(workload: Workload): { welfare: number; level: number } {
  const drifts = [0.01, 100].map((factor) => {
    const seeds = seedsOf(6);
    const runs = seeds.map((seed) => {
      const usual = learnt(pricedInstance(workload.make(seed), oracle, seed));
      const scaled = learnt(pricedInstance(timesValue(workload.make(seed), factor), oracle, seed));
      return { usual, scaled };
    });
    const welfare = mean(runs.map(({ scaled }) => scaled.welfare)) / factor / mean(runs.map(({ usual }) => usual.welfare));
    const first = runs.flatMap(({ usual, scaled }) =>
      usual.levels.slice(0, 2).map((level, at) => [Number(level), Number(scaled.levels[at]) / factor]),
    );
    const level = Math.max(0, ...first.map(([level, scaled]) => (level === 0 ? 0 : Math.abs(scaled / level - 1))));
    return { welfare: Math.abs(welfare - 1), level };
  });
  return { welfare: Math.max(...drifts.map(({ welfare }) => welfare)), level: Math.max(...drifts.map(({ level }) => level)) };
}

const chosen = WORKLOADS.filter(({ name }) => name.includes(values.only));
console.log(`${'workload'.padEnd(24)}    seeds    paper     flat    level     cold             warm      cold/paper warm/paper`);
const rows = chosen.map(compare);
const griefedWorkloads = chosen.filter(({ name }) => name === 'testbed 60' || name === 'testbed 200');
const costs = griefedWorkloads.map(griefing);
const drifts = chosen.filter(({ name }) => name.startsWith('testbed')).map(scaling);
const least = (numbers: readonly number[]): number => Math.min(...numbers);
const most = (numbers: readonly number[]): number => Math.max(...numbers);
console.log(
  JSON.stringify({
    warmMin: least(rows.map(({ warm }) => warm)),
    warmMean: mean(rows.map(({ warm }) => warm)),
    coldMin: least(rows.map(({ cold }) => cold)),
    coldMean: mean(rows.map(({ cold }) => cold)),
    overPaperMin: least(rows.map(({ overPaper }) => overPaper)),
    ...(costs.length > 0 && {
      griefing10: most(costs.map(([, one]) => one)),
      griefing10by3: most(costs.map(([, , three]) => three)),
      griefing30: most(costs.map(([, , , one]) => one)),
      griefing30by3: most(costs.map(([, , , , three]) => three)),
    }),
    ...(drifts.length > 0 && {
      scaleDrift: most(drifts.map(({ welfare }) => welfare)),
      levelDrift: most(drifts.map(({ level }) => level)),
    }),
  }),
);
