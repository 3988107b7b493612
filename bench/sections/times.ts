import { ascending, bookOf, paperWorkload, percentile, toBid, type Instance } from '#lab';
import { createOracle, type TrainingOracle } from '#kinds';
import { admit, applyFootprint } from '#mechanism';
import { elapsedMs, fittedExponent, median, table } from '../spread.js';

const ROUNDS = { full: 12, quick: 4 };
const SEEDS = [1, 2, 3, 4, 5];

/** Decision times on the paper's two settings, warm, one core; then how they grow with sites, slots and chunks. */
export function timeSection(quick: boolean): Readonly<Record<string, number>> {
  console.log('\n# Time per decision, warm, one core (ms; median of rounds, lowest to highest round)\n');
  const rounds = quick ? ROUNDS.quick : ROUNDS.full;
  const simulator = measure('simulator', { jobs: 100, rounds, oracle: createOracle('default') });
  const testbed = measure('testbed', { jobs: 10, rounds, oracle: createOracle('default') });
  const paperOracle = createOracle('paper');
  const paper = [
    measure('simulator', { jobs: 100, rounds: 1, oracle: paperOracle, seeds: SEEDS.slice(0, 1) }), // it is slow
    measure('testbed', { jobs: 10, rounds: 1, oracle: paperOracle }),
  ];
  const rows = [simulator, testbed, ...paper].map(({ name, p50, p99, decisions }) => [name, shown(p50), shown(p99), String(decisions)]);
  console.log(table([['setting', 'p50', 'p99', 'decisions a round'], ...rows]));
  growth(quick);
  return {
    simulatorP50Ms: simulator.p50.median,
    simulatorP99Ms: simulator.p99.median,
    testbedP50Ms: testbed.p50.median,
    testbedP99Ms: testbed.p99.median,
  };
}

type Spread = ReturnType<typeof median>;
const shown = ({ median: middle, low, high }: Spread): string => `${middle.toFixed(3)} (${low.toFixed(3)}-${high.toFixed(3)})`;

interface Measured {
  readonly name: string;
  readonly p50: Spread;
  readonly p99: Spread;
  readonly decisions: number;
}

interface MeasureInput {
  readonly jobs: number;
  readonly rounds: number;
  readonly oracle: TrainingOracle;
  readonly seeds?: readonly number[];
}

function measure(kind: 'testbed' | 'simulator', { jobs, rounds, oracle, seeds = SEEDS }: MeasureInput): Measured {
  const instances = seeds.map((seed) => paperWorkload({ kind, jobs, seed }));
  const round = (): readonly number[] => ascending(instances.flatMap((instance) => decisionTimes(instance, oracle)));
  round(); // warm
  const times = Array.from({ length: rounds }, round);
  const p50 = median(times.map((sorted) => percentile(sorted, 0.5)));
  const p99 = median(times.map((sorted) => percentile(sorted, 0.99)));
  return { name: `${kind}, ${oracle.name}`, p50, p99, decisions: times[0].length };
}

function decisionTimes(instance: Instance, oracle: TrainingOracle): readonly number[] {
  const book = bookOf(instance);
  return instance.jobs.map((job) => {
    const bid = toBid(job, instance.resources);
    const start = process.hrtime.bigint();
    const decision = admit({ book, bid, arrival: job.arrival, oracle });
    const ms = elapsedMs(start);
    if (decision.kind === 'accepted') applyFootprint(book, decision.footprint);
    return ms;
  });
}

/** The simulator's market with one thing changed: sites, slots, or chunks of every job. */
function scaled({ sites = 50, slots = 150, chunks }: { sites?: number; slots?: number; chunks?: number }): Instance {
  const base = paperWorkload({ kind: 'simulator', jobs: 40, seed: 11 });
  const at = (index: number): number => index % base.sites.length;
  return {
    ...base,
    slots,
    sites: Array.from({ length: sites }, (_, index) => ({ ...base.sites[at(index)], id: `site-${index}` })),
    jobs: base.jobs.map((job) => {
      const total = chunks ?? job.chunks.reduce((sum, count) => sum + count, 0);
      const dealt = Array.from(
        { length: sites },
        (_, site) => Math.floor(((site + 1) * total) / sites) - Math.floor((site * total) / sites),
      );
      return { ...job, arrival: Math.floor((job.arrival * slots) / base.slots), chunks: dealt };
    }),
  };
}

const SCALES = {
  sites: { full: [10, 30, 100, 300, 1000], quick: [10, 100] },
  slots: { full: [50, 150, 500, 1500, 5000], quick: [50, 500] },
  chunks: { full: [10, 100, 1000, 10_000], quick: [10, 100] },
} as const;

function growth(quick: boolean): void {
  console.log('\n# Growth of the decision time (mean ms of 40 jobs; the rest as in the simulator)\n');
  for (const what of ['sites', 'slots', 'chunks'] as const) {
    const oracle = createOracle('default');
    const points = SCALES[what][quick ? 'quick' : 'full'].map((x) => {
      const instance = scaled({ [what]: x });
      const times = [1, 2, 3]
        .map(() => decisionTimes(instance, oracle))
        .slice(1)
        .flat();
      return { x, y: times.reduce((sum, ms) => sum + ms, 0) / times.length };
    });
    const shownPoints = points.map(({ x, y }) => `${x}: ${y.toFixed(3)}`).join('  ');
    console.log(`${what.padEnd(7)} ${shownPoints}   time ~ ${what}^${fittedExponent(points).toFixed(2)}`);
  }
}
