import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  auditResult,
  bookOf,
  exactOracle,
  loadSolver,
  microsToCredits,
  offlineOptimum,
  paperWorkload,
  simulate,
  toBid,
  type Instance,
  type Solver,
} from '#lab';
import { createOracle, type TrainingOracle } from '#kinds';
import { valueAt } from '#mechanism';
import { instanceOf } from '../cases.js';
import { mean, sum } from '../figures.js';
import { hasShared, shared } from '../repository.js';
import { table } from '../spread.js';

interface Run {
  readonly welfare: number;
  readonly revenue: number;
  readonly accepted: number;
  readonly invalid: number;
}

/** The 30 published instances (or a handful of our own): validity by replay, small ones beside the offline optimum, the rest beside bounds and peers. */
export async function instanceSection(quick: boolean): Promise<Readonly<Record<string, number>>> {
  const solver = await loadSolver();
  const ratios = smallRatios(solver, quick ? 5 : 20);
  const large = (['testbed', 'simulator'] as const).map((kind) => largeRows(kind));
  const invalid = ratios.invalid + sum(large.map((one) => one.invalid));
  console.log(`\nschedules that fail V1-V6 or a payment that can't be recomputed: ${invalid}`);
  return { smallRatioMean: ratios.mean, invalid };
}

function runAll(instance: Instance, oracle: TrainingOracle): Run {
  const result = simulate({ instance, oracle });
  const audit = auditResult(instance, result);
  return { welfare: result.welfare, revenue: result.revenue, accepted: result.accepted, invalid: audit.findings.length };
}

const published = (name: string): Instance => instanceOf(readFileSync(join(shared, 'data', 'instances', `${name}.json`), 'utf8'));
const seeds = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1);

interface Ratios {
  readonly mean: number;
  readonly invalid: number;
}

function smallRatios(solver: Solver, count: number): Ratios {
  console.log('\n# Offline optimum / welfare, small instances\n');
  if (!hasShared) {
    console.log('skipped: the published small instances are not beside the repository');
    return { mean: 0, invalid: 0 };
  }
  const oracles = [createOracle('default'), createOracle('paper'), exactOracle(solver, 60)];
  const runs = seeds(count).map((seed) => {
    const instance = published(`small-${seed}`);
    const optimum = offlineOptimum({ solver, instance, timeLimitSeconds: 120 });
    const bound = optimum.kind === 'optimal' ? optimum.welfare : optimum.bound;
    return { seed, bound, runs: oracles.map((oracle) => runAll(instance, oracle)) };
  });
  const ratio = ({ bound }: { bound: number }, run: Run): number => bound / Math.max(run.welfare, Number.EPSILON);
  const rows = runs.map((one) => [
    `small-${one.seed}`,
    one.bound.toFixed(1),
    ...one.runs.flatMap((run) => [run.welfare.toFixed(1), ratio(one, run).toFixed(3)]),
  ]);
  const means = oracles.map((_, index) => mean(runs.map((one) => ratio(one, one.runs[index]))));
  console.log(table([['instance', 'optimum', 'default', 'ratio', 'paper', 'ratio', 'exact', 'ratio'], ...rows]));
  console.log(`mean ratio: default ${means[0].toFixed(3)}, paper ${means[1].toFixed(3)}, exact ${means[2].toFixed(3)}`);
  return { mean: means[0], invalid: sum(runs.map((one) => one.runs[0].invalid + one.runs[1].invalid)) };
}

type Peers = Readonly<Record<string, Readonly<Record<string, { readonly claimedWelfare: number; readonly accepted: number }>>>>;

function largeRows(kind: 'testbed' | 'simulator'): { invalid: number } {
  const own = (seed: number): Instance => paperWorkload({ kind, jobs: kind === 'testbed' ? 10 : 100, seed });
  const instances = seeds(5).map((seed) => (hasShared ? published(`${kind}-${seed}`) : own(seed)));
  const peers: Peers = hasShared ? (JSON.parse(readFileSync(join(shared, 'data', 'peer-results.json'), 'utf8')) as Peers) : {};
  const runs = instances.map((instance) => {
    const alone = standAlone(instance);
    return { instance, alone, ours: runAll(instance, createOracle('default')), paper: runAll(instance, createOracle('paper')) };
  });
  console.log(`\n# Welfare, ${kind}\n`);
  const rows = runs.map(({ instance, alone, ours, paper }) => [
    instance.name,
    ours.welfare.toFixed(1),
    String(ours.accepted),
    ours.revenue.toFixed(1),
    paper.welfare.toFixed(1),
    String(paper.accepted),
    alone.toFixed(1),
    (ours.welfare / alone).toFixed(3),
    bestPeer(peers, instance.name),
  ]);
  console.log(
    table([
      ['instance', 'default', 'accepted', 'revenue', 'paper', 'accepted', 'stand-alone bound', 'share of it', 'most claimed by a peer'],
      ...rows,
    ]),
  );
  console.log(
    `mean: default ${mean(runs.map(({ ours }) => ours.welfare)).toFixed(1)}, paper ${mean(runs.map(({ paper }) => paper.welfare)).toFixed(1)}, stand-alone bound ${mean(runs.map(({ alone }) => alone)).toFixed(1)}`,
  );
  if (hasShared) console.log(`most welfare of valid schedules of any peer, mean per seed: ${VALID_PEERS[kind]}`);
  return { invalid: sum(runs.map(({ ours, paper }) => ours.invalid + paper.invalid)) };
}

/** From the peers' published report: welfare per seed whose schedules pass V1-V6. */
const VALID_PEERS = { testbed: '392 (Tiresias, AntMan)', simulator: "18,370 (the authors' Eris)" };

function bestPeer(peers: Peers, name: string): string {
  const [best] = Object.entries(peers[name] ?? {}).sort(([, a], [, b]) => b.claimedWelfare - a.claimedWelfare);
  return best ? `${best[1].claimedWelfare.toFixed(1)} (${best[0]})` : '-';
}

/** Every job alone on the empty market at its earliest completion: what is there to win if jobs didn't meet. Credits. */
export function standAlone(instance: Instance): number {
  const book = bookOf(instance);
  const oracle = createOracle('default');
  return sum(
    instance.jobs.map(({ arrival }, index) => {
      const { job, valuation } = toBid(instance.jobs[index], instance.resources);
      const search = oracle.open(book, job, arrival);
      for (let d = 0; arrival + d < instance.slots; d++) if (search.advance() < Infinity) return microsToCredits(valueAt(valuation, d));
      return 0;
    }),
  );
}
