import { bookOf, createPrng, FAMILIES, microsToCredits, toBid, type Family, type Prng } from '#lab';
import { createOracle, type TrainingBid, type TrainingJob, type TrainingOracle, type TrainingMenu } from '#kinds';
import { admit, type Book, menuOf, type Valuation, valueAt } from '#mechanism';
import type { Milli } from '#units';
import { percent, table } from '../spread.js';

const LIES = { full: 1_000_000, quick: 20_000 };
const LIES_PER_BID = 250;
const LARGER_CASES = { full: 200, quick: 30 };
const SEED = 77;

/** What a false valuation gains, and what asking for more does to the price. */
export function truthSection(quick: boolean): Readonly<Record<string, number>> {
  const lies = quick ? LIES.quick : LIES.full;
  const slowLies = lies / 100; // a decision of these takes milliseconds
  const gains = misreports(lies, ['uneven', 'remote']) + misreports(slowLies, ['paper', 'broad']);
  console.log(
    `\n# Truth\n\nfalse valuations: ${lies} trials on small markets, ${slowLies} with the paper's jobs, ${gains} gained (seed ${SEED})`,
  );
  const larger = askingForMore(quick ? LARGER_CASES.quick : LARGER_CASES.full);
  return { misreportTrials: lies, misreportGains: gains, largerCheaperShare: larger };
}

interface Arriving {
  readonly bid: TrainingBid;
  readonly arrival: number;
  readonly book: Book;
  readonly oracle: TrainingOracle;
}

/** Bids at half-sold markets, the families in turn. */
function* arrivals(families: readonly Family[], count: number): Generator<Arriving> {
  const oracle = createOracle('default');
  for (let index = 0; index < count; index++) {
    const instance = FAMILIES[families[index % families.length]](SEED + index);
    const [job] = instance.jobs;
    yield { bid: toBid(job, instance.resources), arrival: job.arrival, book: bookOf(instance), oracle };
  }
}

function misreports(trials: number, families: readonly Family[]): number {
  const prng = createPrng(SEED);
  let gains = 0;
  for (const { bid, arrival, book, oracle } of arrivals(families, Math.ceil(trials / LIES_PER_BID))) {
    const utility = (told: Valuation): bigint => {
      const decision = admit({ book, bid: { job: bid.job, valuation: told }, arrival, oracle });
      return decision.kind === 'refused' ? 0n : valueAt(bid.valuation, decision.completion - arrival) - decision.payment;
    };
    const honest = utility(bid.valuation);
    for (let lie = 0; lie < LIES_PER_BID; lie++) if (utility(falseValuation(prng, bid.valuation)) > honest) gains++;
  }
  return gains;
}

function falseValuation(prng: Prng, truth: Valuation): Valuation {
  const scale = prng.between(0, 400) / 100;
  const deadline = prng.between(0, 12);
  if (prng.below(2) === 0) return { kind: 'deadline', value: microsToCredits(valueAt(truth, deadline)) * scale, deadline };
  const values = Array.from({ length: 40 }, (_, d) => microsToCredits(valueAt(truth, d)) * scale);
  return { kind: 'table', values: values.map((value, d) => (d <= deadline ? value : value / 2)) };
}

/** A field of a job asked for larger than needed. */
export const LARGER: Readonly<Record<string, (job: TrainingJob) => TrainingJob>> = {
  'a chunk more': (job) => ({ ...job, chunks: job.chunks.map((count, site) => (site === 0 ? count + 1 : count)) }),
  'an epoch more': (job) => ({ ...job, epochs: job.epochs + 1 }),
  'less throughput': (job) => ({ ...job, throughputMilli: Math.floor(job.throughputMilli * 0.95) as Milli }),
  'larger workers': (job) => ({ ...job, workerMilli: job.workerMilli.map((milli) => (milli + 250) as Milli) }),
  'a larger server': (job) => ({ ...job, psMilli: job.psMilli.map((milli) => (milli + 250) as Milli) }),
  'more parameters': (job) => ({ ...job, parameterKB: (job.parameterKB + 5000) as Milli }),
};

/** TrainingMenu entries that are cheaper for more than for less: how many, by how much. @returns their share over all. */
function askingForMore(cases: number): number {
  const rows = Object.entries(LARGER).map(([what, enlarge]) => ({ what, ...cheaperEntries(cases, enlarge) }));
  console.log(`\nmenu entries cheaper although more is asked for, ${cases} jobs each, half of them of the paper's size:\n`);
  console.log(
    table([
      ['more', 'entries', 'cheaper', 'share', 'mean saving', 'most'],
      ...rows.map(({ what, entries, savings }) => [
        what,
        String(entries),
        String(savings.length),
        percent(savings.length / Math.max(1, entries)),
        percent(average(savings)),
        percent(Math.max(0, ...savings)),
      ]),
    ]),
  );
  const sumOf = (pick: (row: (typeof rows)[number]) => number): number => rows.reduce((total, row) => total + pick(row), 0);
  return sumOf(({ savings }) => savings.length) / sumOf(({ entries }) => entries);
}

const average = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
const ROUNDING = 1_000n; // micro-credits

function cheaperEntries(cases: number, enlarge: (job: TrainingJob) => TrainingJob): { entries: number; savings: readonly number[] } {
  const savings: number[] = [];
  let entries = 0;
  for (const { bid, arrival, book, oracle } of arrivals(['paper', 'broad'], cases)) {
    const less = pricesOf(menuOf({ book, job: bid.job, arrival, oracle }));
    for (const [completion, price] of pricesOf(menuOf({ book, job: enlarge(bid.job), arrival, oracle }))) {
      entries++;
      const bar = less.get(completion);
      if (bar === undefined) savings.push(1);
      else if (price + ROUNDING < bar) savings.push(1 - Number(price) / Number(bar));
    }
  }
  return { entries, savings };
}

const pricesOf = (menu: TrainingMenu): ReadonlyMap<number, bigint> => new Map(menu.map(({ completion, price }) => [completion, price]));
