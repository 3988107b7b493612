/**
 * The rules of prices side by side: `npm run bench:prices` (`-- --seeds 4`: at most so many seeds a workload; `--first 3001`: other ones; `--only testbed`).
 * Over sixteen workloads: the paper's constants, the best flat level in hindsight (one level for all seeds of a workload), and the learnt level, cold and
 * warm (after one instance more); welfare in credits, means over seeds. Then griefing, scaled valuations, and the replay of a
 * learning market of 100,000 bids (`--part rules|replay`: one of both; `--bids 5000`: fewer). The last line is one JSON object.
 */
import { parseArgs } from 'node:util';
import { createOracle } from '#kinds';
import {
  comparePrices,
  type ComparedPrices,
  griefingCosts,
  type Griefing,
  type Instance,
  mean,
  playLearnt,
  pricedInstance,
  type Share,
  timesValuation,
  type Workload,
  WORKLOADS,
} from '#lab';
import { learningReplay } from './sections/learning-replay.js';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '24' },
    first: { type: 'string', default: '5001' },
    only: { type: 'string', default: '' },
    part: { type: 'string', default: 'all' },
    bids: { type: 'string', default: '100000' },
  },
});
const oracle = createOracle('default');
const figure = (number: number, digits = 3): string => number.toFixed(digits).padStart(9);
const first = Number(values.first);
/** Seeds that are griefed and scaled. */
const FEW = { first, count: Math.min(6, Number(values.seeds)) };

function compared(workload: Workload): ComparedPrices {
  const row = comparePrices(workload, { first, count: Number(values.seeds) }, oracle);
  const { seeds, paper, flat, level, cold, warm, coldOverPaper, warmOverPaper } = row;
  const shown = ({ share, halfWidth }: Share): string => `${figure(share)} ±${halfWidth.toFixed(3)}`;
  const told = [seeds, paper, flat, level].map((number) => figure(number, 0)).join('');
  console.log(`${row.workload.padEnd(24)}${told}${shown(cold)}${shown(warm)}${figure(coldOverPaper, 2)}${figure(warmOverPaper, 2)}`);
  return row;
}

const GRIEFINGS: readonly Griefing[] = [
  { kind: 'rush', percent: 5, organisations: 1 },
  { kind: 'rush', percent: 10, organisations: 1 },
  { kind: 'rush', percent: 10, organisations: 3 },
  { kind: 'rush', percent: 30, organisations: 1 },
  { kind: 'rush', percent: 30, organisations: 3 },
];

/** Points of real welfare that fakes cost beyond what they cost under a fixed flat price. */
const griefing = (workload: Workload): number[] =>
  griefingCosts(workload, FEW, GRIEFINGS, oracle).map(({ percent, organisations, learnt, flat, points }) => {
    const told = `learnt keeps ${learnt.share.toFixed(3)}, flat ${flat.share.toFixed(3)}: ${points.toFixed(1)} points`;
    console.log(`${workload.name.padEnd(24)}${percent} % by ${organisations}: ${told}`);
    return points;
  });

/** The same instance with all values scaled. */
const timesValue = (instance: Instance, factor: number): Instance => ({
  ...instance,
  jobs: instance.jobs.map((job) => ({ ...job, valuation: timesValuation(job.valuation, factor) })),
});

/** Micro-credits by which a level may be off because levels and values are whole ones. */
const ROUNDING = 1;

/** How far welfare moves, and levels, where all values are scaled; the larger of the two factors. */
function scaling(workload: Workload): { welfare: number; level: number } {
  const drifts = [0.01, 100].map((factor) => {
    const runs = Array.from({ length: FEW.count }, (_, index) => {
      const seed = first + index;
      const played = (instance: Instance) => playLearnt(pricedInstance(instance, oracle, seed), oracle);
      return { usual: played(workload.make(seed)), scaled: played(timesValue(workload.make(seed), factor)) };
    });
    const welfare = mean(runs.map(({ scaled }) => scaled.welfare)) / factor / mean(runs.map(({ usual }) => usual.welfare));
    const firstLevels = runs.flatMap(({ usual, scaled }) =>
      usual.levels.slice(0, 2).map((level, at) => [factor * Number(level), Number(scaled.levels[at])] as const),
    );
    const level = Math.max(0, ...firstLevels.map(([due, told]) => (due === 0 ? 0 : Math.max(0, Math.abs(told - due) - ROUNDING) / due)));
    return { welfare: Math.abs(welfare - 1), level };
  });
  return { welfare: Math.max(...drifts.map(({ welfare }) => welfare)), level: Math.max(...drifts.map(({ level }) => level)) };
}

const PARTS = ['all', 'rules', 'replay'];
if (!PARTS.includes(values.part) || ![values.seeds, values.first, values.bids].every((text) => /^[1-9]\d{0,8}$/.test(text))) {
  console.error(`--part is one of ${PARTS.join(', ')}; --seeds, --first and --bids are whole numbers from 1 on`);
  process.exit(2);
}
const isAsked = (part: string): boolean => values.part === 'all' || values.part === part;
const chosen = isAsked('rules') ? WORKLOADS.filter(({ name }) => name.includes(values.only)) : [];
if (chosen.length > 0)
  console.log(`${'workload'.padEnd(24)}    seeds    paper     flat    level     cold             warm      cold/paper warm/paper`);
const rows = chosen.map(compared);
const griefedWorkloads = chosen.filter(({ name }) => name === 'testbed 60' || name === 'testbed 200');
const costs = griefedWorkloads.map(griefing);
const drifts = chosen.filter(({ name }) => name.startsWith('testbed')).map(scaling);
const least = (numbers: readonly number[]): number => Math.min(...numbers);
const most = (numbers: readonly number[]): number => Math.max(...numbers);
const overPaperOf = (workload: string): number | undefined => rows.find((row) => row.workload === workload)?.warmOverPaper;
const replayed = isAsked('replay') ? await learningReplay(Number(values.bids)) : undefined;
const figures = {
  ...(chosen.length > 0 && {
    warmMin: least(rows.map(({ warm }) => warm.share)),
    warmMean: mean(rows.map(({ warm }) => warm.share)),
    coldMin: least(rows.map(({ cold }) => cold.share)),
    coldMean: mean(rows.map(({ cold }) => cold.share)),
    overPaperMin: least(rows.map(({ warmOverPaper }) => warmOverPaper)),
    overPaperTestbed60: overPaperOf('testbed 60'),
    overPaperSimulator400: overPaperOf('simulator 400'),
  }),
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
  ...replayed,
};
/** What each figure must at least, or at most, be. */
const BARS: Readonly<Record<string, { readonly least: number } | { readonly most: number }>> = {
  warmMin: { least: 0.93 },
  warmMean: { least: 0.97 },
  coldMin: { least: 0.8 },
  coldMean: { least: 0.92 },
  overPaperMin: { least: 1.3 },
  overPaperTestbed60: { least: 2.5 },
  overPaperSimulator400: { least: 7 },
  griefing10: { most: 5 },
  griefing10by3: { most: 15 },
  griefing30: { most: 10 },
  griefing30by3: { most: 15 },
  scaleDrift: { most: 0.02 },
  levelDrift: { most: 1e-4 },
  replayFindings: { most: 0 },
};
const missed = Object.entries<number | undefined>(figures).flatMap(([name, value]) => {
  const bar = BARS[name];
  if (value === undefined || !bar) return [];
  const isMet = 'least' in bar ? value >= bar.least : value <= bar.most;
  return isMet ? [] : [name];
});
console.log(missed.length === 0 ? 'all bars of what was measured are met' : `missed: ${missed.join(', ')}`);
console.log(JSON.stringify({ ...figures, missed }));
