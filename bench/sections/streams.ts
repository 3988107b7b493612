import { ascending, bookOf, LevelLearner, microsToCredits, paperWorkload, percentile, type Setting, toBid, toMarketSpec } from '#lab';
import { createVersionedOracle, ORACLE_VERSION, ORACLE_VERSIONS, type TrainingBid, type TrainingOracle } from '#kinds';
import {
  admit,
  advanceBook,
  applyFootprint,
  type Book,
  createBook,
  densityOf,
  NEW_LEARNING_RULE,
  referenceBook,
  repriced,
} from '#mechanism';
import { at, micros } from '#units';
import { mean } from '../figures.js';
import { table } from '../spread.js';

/** What a version took over a stream: per bid, and what was sold. */
interface Run {
  readonly times: readonly number[];
  /** Micro-credits' worth of what was accepted. */
  readonly welfare: bigint;
  readonly accepted: number;
}

/** Bids in a row, each on what the ones before it left. */
interface Stream {
  readonly name: string;
  readonly key: string;
  readonly run: (oracle: TrainingOracle, version: string, seed: number) => Run;
  readonly seeds: { readonly full: number; readonly quick: number };
}

const FUNDS = micros(10n ** 18n);
const LOAD_BODIES = 200;

/** What something gives, and the microseconds of the processor that it takes, all threads. */
function timed<Result>(run: () => Result): readonly [Result, number] {
  const before = process.cpuUsage();
  const result = run();
  const { user, system } = process.cpuUsage(before);
  return [result, user + system];
}

class Decided implements Run {
  readonly times: number[] = [];
  welfare = 0n;
  accepted = 0;

  /** Adds to the bid decided last what is done for it afterwards. */
  measure<Result>(run: () => Result): Result {
    const [result, micros] = timed(run);
    this.times.push((this.times.pop() ?? 0) + micros);
    return result;
  }

  decide(book: Book, bid: TrainingBid, arrival: number, oracle: TrainingOracle): void {
    const [decision, taken] = timed(() => admit({ book, bid, arrival, oracle }));
    this.times.push(taken);
    if (decision.kind === 'refused') return;
    applyFootprint(book, decision.footprint);
    this.welfare += decision.value;
    this.accepted++;
  }
}

const paperStream = (kind: Setting, jobs: number, seeds: Stream['seeds']): Stream => ({
  name: `${kind}, ${jobs} jobs`,
  key: `${kind}${jobs}`,
  seeds,
  run(oracle, version, seed) {
    const instance = paperWorkload({ kind, jobs, seed });
    const made = bookOf(instance);
    const book = { ...made, spec: { ...made.spec, oracle: version } };
    const decided = new Decided();
    for (const job of instance.jobs) decided.decide(book, toBid(job, instance.resources), job.arrival, oracle);
    return decided;
  },
});

/** A market as the load tool opens it: 200 bodies in turn, learning prices, a clock that moves by a slot after so many bids; each bid decided and measured. */
const loadStream = (bidsPerSlot: number, slots: number, seeds: Stream['seeds']): Stream => ({
  name: `load, ${bidsPerSlot} bids a slot`,
  key: `load${bidsPerSlot}`,
  seeds,
  run(oracle, version, seed) {
    const instance = paperWorkload({ kind: 'testbed', jobs: LOAD_BODIES, seed });
    const bids = instance.jobs.map((job) => toBid(job, instance.resources));
    const spec = { ...toMarketSpec(instance), oracle: version };
    const reference = referenceBook(spec);
    const learner = new LevelLearner(spec.slotCount);
    let rule = NEW_LEARNING_RULE;
    let book = createBook({ ...spec, prices: rule }, 0);
    const decided = new Decided();
    for (let index = 0; index < bidsPerSlot * slots; index++) {
      const slot = Math.floor(index / bidsPerSlot);
      if (index % bidsPerSlot === 0 && slot > 0) advanceBook(book, slot);
      const next = learner.ruleAt(slot);
      if (next !== rule) book = repriced(book, next);
      rule = next;
      const bid = at(bids, index % bids.length);
      decided.decide(book, bid, slot, oracle);
      const density = decided.measure(() => densityOf({ book: reference, bid, oracle, fundsMicros: FUNDS }));
      if (density) learner.reported({ ...density, slot, organisationId: BigInt(index % 8), weight: 1 });
    }
    return decided;
  },
});

const STREAMS: readonly Stream[] = [
  paperStream('simulator', 100, { full: 5, quick: 1 }),
  paperStream('testbed', 10, { full: 60, quick: 10 }),
  paperStream('testbed', 60, { full: 20, quick: 3 }),
  paperStream('testbed', 600, { full: 4, quick: 1 }),
  loadStream(10, 40, { full: 4, quick: 1 }),
  loadStream(100, 20, { full: 2, quick: 1 }),
];
const ROUNDS = { full: 5, quick: 2 };

/** Of each bid the median over rounds. @param all round after round, seed after seed. */
function medianTimes(all: readonly Run[], seeds: number): number[] {
  return Array.from({ length: seeds }, (_, seed) => all.filter((__, index) => index % seeds === seed)).flatMap((rounds) =>
    at(rounds, 0).times.map((_, bid) => percentile(ascending(rounds.map(({ times }) => times[bid])), 0.5)),
  );
}

/** Processor time of streams of bids, every version of the oracle in turn, and what each of them sold for. */
export function streamSection(quick: boolean): Readonly<Record<string, number>> {
  const size = quick ? 'quick' : 'full';
  const versions = Object.keys(ORACLE_VERSIONS);
  const oracle = createVersionedOracle();
  console.log(
    '\n# Streams of bids: processor time of a decision, microseconds, the versions in turn, of each bid the median over rounds\n',
  );
  const rows = [['stream', 'version', 'bids', 'mean', 'p50', 'p99', 'most', 'accepted', 'welfare']];
  const figures: Record<string, number> = {};
  for (const { name, key, seeds, run } of STREAMS) {
    const runs = new Map(versions.map((version) => [version, [] as Run[]]));
    for (let round = 0; round <= ROUNDS[size]; round++)
      for (let seed = 1; seed <= seeds[size]; seed++)
        for (const version of round % 2 === 0 ? versions : [...versions].reverse()) {
          const one = run(oracle, version, 100 + seed);
          if (round > 0) runs.get(version)?.push(one); // the first round warms
        }
    const middles = new Map([...runs].map(([version, all]) => [version, medianTimes(all, seeds[size])] as const));
    const means = new Map([...middles].map(([version, times]) => [version, mean(times)] as const));
    for (const [version, all] of runs) {
      const times = ascending(middles.get(version) ?? []);
      const shown = [means.get(version) ?? 0, percentile(times, 0.5), percentile(times, 0.99), times.at(-1) ?? 0].map((one) =>
        one.toFixed(0),
      );
      const accepted = all.reduce((sum, one) => sum + one.accepted, 0) / ROUNDS[size];
      const welfare = microsToCredits(all.reduce((sum, one) => sum + one.welfare, 0n)) / ROUNDS[size];
      rows.push([name, version, String(times.length), ...shown, String(accepted), welfare.toFixed(0)]);
    }
    const older = versions.filter((version) => version !== ORACLE_VERSION).at(-1) ?? ORACLE_VERSION;
    figures[`${key}TimeRatio`] = (means.get(ORACLE_VERSION) ?? 0) / (means.get(older) ?? 1);
  }
  console.log(table(rows));
  return figures;
}
