import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ascending, bookOf, FAMILIES, type Instance, loadSolver, microsToCredits, percentile, toBid } from '#lab';
import { createVersionedOracle, ORACLE_VERSION, ORACLE_VERSIONS, type TrainingBid, validateSchedule } from '#kinds';
import { admit, type Book, menuPriceBy, usageOf, type Valuation } from '#mechanism';
import { lastOf } from '#units';
import { instanceOf } from '../cases.js';
import { mean } from '../figures.js';
import { exactPrices } from '../exact-prices.js';
import { shared } from '../repository.js';
import { elapsedMs, percent, table } from '../spread.js';
import { LARGER } from './truth.js';

const OWN_ROWS = { full: 60, quick: 12 };
const PUBLISHED_EVERY = { full: 1, quick: 10 };
const STREAM = { full: 400, quick: 60 };
const OVERSTATED = { full: 100, quick: 10 };
const SOLVER_SECONDS = 20;
const FIRST_SEED = 7001;
/** Beyond the seeds of the published rows. */
const FURTHER_SEED = 20_001;

/** A job of the testbed's size in a crowded market, and its exact price where it is done by d; null: impossible. */
interface TightRow {
  readonly instance: Instance;
  readonly seed: number;
  readonly d: number;
  readonly price: number | null;
}

/**
 * Crowded markets of the testbed's size: prices above the exact ones, how long decisions take, and what asking for more saves. The published
 * rows where they are there, else rows of our own family, which the solver solves first. Every version of the oracle in turn; the figures
 * are those of the version that new markets get. @param further so many other seeds of the same generator in place of the rows.
 */
export async function crowdedSection(quick: boolean, further?: number): Promise<Readonly<Record<string, number>>> {
  const rows = await tightRows(quick, further);
  const oracle = createVersionedOracle();
  const versions = Object.keys(ORACLE_VERSIONS);
  const decide = (version: string) => rows.map((row) => decidedRow(row, version, oracle));
  versions.forEach(decide); // warm
  const tight = new Map(versions.map((version) => [version, tightFigures(decide(version))]));
  const streams = streamTimes(quick, versions, oracle);
  console.log(`\n# Crowded markets of the testbed's size: ${rows.length} exact prices, ${streams.bids} bids\n`);
  const shown = versions.map((version) => {
    const { tightMean, tightP95, tightMax, tightImpossible, invalid, p50, p99 } = figuresOf(tight, version);
    const times = [p50, p99, ...figuresOf(streams.times, version)].map((ms) => ms.toFixed(2));
    return [version, percent(tightMean), percent(tightP95), percent(tightMax), String(tightImpossible), String(invalid), ...times];
  });
  console.log(
    table([['version', 'mean', 'p95', 'max', 'impossible', 'INVALID', 'by a deadline ms p50', 'p99', 'bids ms p50', 'p99'], ...shown]),
  );
  const { tightMean, tightP95, tightMax, tightImpossible, p50, p99 } = figuresOf(tight, ORACLE_VERSION);
  const [bidP50, bidP99] = figuresOf(streams.times, ORACLE_VERSION);
  return {
    ...{ tightMean, tightP95, tightMax, tightImpossible },
    crowdedMarketDecisionP50Ms: p50,
    crowdedMarketDecisionP99Ms: p99,
    crowdedMarketBidP50Ms: bidP50,
    crowdedMarketBidP99Ms: bidP99,
    ...overstated(quick, oracle),
  };
}

function figuresOf<Figures>(all: ReadonlyMap<string, Figures>, version: string): Figures {
  const figures = all.get(version);
  if (!figures) throw new Error(`${version} was not measured`);
  return figures;
}

/** The published rows, or our own, or other seeds of the generator of the former; a row that is not solved in time is left out. */
async function tightRows(quick: boolean, further?: number): Promise<readonly TightRow[]> {
  const file = join(shared, 'data', 'tight-exact.jsonl');
  const tool = join(shared, 'tools', 'tight.mjs');
  const size = quick ? 'quick' : 'full';
  const isPublished = existsSync(file) && existsSync(tool);
  if (isPublished && further === undefined) {
    const make = await publishedBy(tool);
    const rows = readFileSync(file, 'utf8').split('\n').filter(Boolean);
    return rows
      .filter((_, index) => index % PUBLISHED_EVERY[size] === 0)
      .map((line) => JSON.parse(line) as Omit<TightRow, 'instance'>)
      .map((row) => ({ ...row, instance: make(row.seed) }));
  }
  const first = isPublished ? FURTHER_SEED : FIRST_SEED;
  const asked = Array.from({ length: further ?? OWN_ROWS[size] }, (_, index) => ({ seed: first + index, d: 3 + (index % 5) }));
  const name = isPublished ? 'tight' : 'crowded';
  const make = isPublished ? await publishedBy(tool) : FAMILIES.crowded;
  const onSolved = (seed: number, ms: number): void => void process.stderr.write(`exact price of ${name} ${seed}: ${ms.toFixed(0)} ms\n`);
  const solved = exactPrices({ solver: await loadSolver(), name, make, asked, timeLimitSeconds: SOLVER_SECONDS, onSolved });
  return solved.map((row) => ({ ...row, instance: make(row.seed) }));
}

async function publishedBy(tool: string): Promise<(seed: number) => Instance> {
  const { tight } = (await import(pathToFileURL(tool).href)) as { tight: (seed: number) => unknown };
  return (seed) => instanceOf(tight(seed));
}

interface Asked {
  readonly book: Book;
  readonly bid: TrainingBid;
  readonly arrival: number;
}

function askedOf(instance: Instance, version: string, valuation?: Valuation): Asked {
  const [job] = instance.jobs;
  const made = bookOf(instance);
  const bid = toBid(job, instance.resources);
  return {
    book: { ...made, spec: { ...made.spec, oracle: version } },
    bid: { ...bid, valuation: valuation ?? bid.valuation },
    arrival: job.arrival,
  };
}

/** What the job pays where it is worth a fortune up to d, how long that takes to say, and whether the schedule is valid. */
function decidedRow({ instance, d, price }: TightRow, version: string, oracle: ReturnType<typeof createVersionedOracle>) {
  const { book, bid, arrival } = askedOf(instance, version, { kind: 'deadline', value: 1e6, deadline: d });
  const start = process.hrtime.bigint();
  const decision = admit({ book, bid, arrival, oracle });
  const ms = elapsedMs(start);
  if (decision.kind === 'refused') return { price, ours: null, invalid: 0, ms };
  const { plan: schedule, payment } = decision;
  const claim = { spec: book.spec, usage: (slot: number) => usageOf(book, slot), job: bid.job, arrival, schedule };
  const invalid = validateSchedule({ ...claim, completion: lastOf(schedule).slot }).length > 0 ? 1 : 0;
  return { price, ours: microsToCredits(payment), invalid, ms };
}

function tightFigures(rows: readonly ReturnType<typeof decidedRow>[]) {
  const possible = rows.filter(({ price }) => price !== null);
  const gaps = ascending(possible.flatMap(({ price, ours }) => (ours === null ? [] : [price ? ours / price - 1 : ours > 0 ? 1 : 0])));
  const times = ascending(rows.map(({ ms }) => ms));
  return {
    tightMean: mean(gaps),
    tightP95: percentile(gaps, 0.95),
    tightMax: gaps.at(-1) ?? 0,
    tightImpossible: possible.filter(({ ours }) => ours === null).length,
    invalid: rows.reduce((sum, { invalid }) => sum + invalid, 0),
    p50: percentile(times, 0.5),
    p99: percentile(times, 0.99),
  };
}

/** Decision times of jobs at crowded markets, each with the valuation that it brings, the versions in turn. */
function streamTimes(quick: boolean, versions: readonly string[], oracle: ReturnType<typeof createVersionedOracle>) {
  const bids = quick ? STREAM.quick : STREAM.full;
  const times = new Map(versions.map((version) => [version, [] as number[]]));
  for (const isWarm of [false, true])
    for (let seed = FIRST_SEED; seed < FIRST_SEED + bids; seed++) {
      const instance = FAMILIES.crowded(seed);
      for (const version of versions) {
        const asked = askedOf(instance, version);
        const start = process.hrtime.bigint();
        admit({ ...asked, oracle });
        if (isWarm) times.get(version)?.push(elapsedMs(start));
      }
    }
  const middle = [...times].map(([version, all]) => [version, [0.5, 0.99].map((share) => percentile(ascending(all), share))] as const);
  return { bids, times: new Map(middle) };
}

/** One field asked for larger than needed, and pairs of them. */
const ENLARGED = Object.entries(LARGER).flatMap(([what, enlarge], index, all) => [
  { what, enlarge },
  ...all
    .slice(index + 1)
    .map(([other, more]) => ({ what: `${what} and ${other}`, enlarge: (job: TrainingBid['job']) => more(enlarge(job)) })),
]);
const ROUNDING = 1_000n; // micro-credits

/** Prices that fall although more is asked for: their share of the tries, and the most that is saved. */
function overstated(quick: boolean, oracle: ReturnType<typeof createVersionedOracle>): Readonly<Record<string, number>> {
  let tries = 0;
  const savings: { readonly what: string; readonly seed: number; readonly saving: number }[] = [];
  for (let seed = FIRST_SEED; seed < FIRST_SEED + (quick ? OVERSTATED.quick : OVERSTATED.full); seed++) {
    const { book, bid, arrival } = askedOf(FAMILIES.crowded(seed), ORACLE_VERSION);
    const priceOf = (job: TrainingBid['job']): bigint | undefined => menuPriceBy({ book, job, arrival, oracle }, arrival + 3 + (seed % 5));
    const honest = priceOf(bid.job);
    if (honest === undefined) continue; // what is impossible has no price that asking for more could lower
    for (const { what, enlarge } of ENLARGED) {
      const more = priceOf(enlarge(bid.job));
      tries++;
      if (more !== undefined && more + ROUNDING < honest) savings.push({ what, seed, saving: 1 - Number(more) / Number(honest) });
    }
  }
  const worst = savings.reduce((most, one) => (one.saving > most.saving ? one : most), { what: 'none', seed: 0, saving: 0 });
  console.log(
    `\nasking for more than needed, ${tries} tries by ${ORACLE_VERSION}: cheaper in ${savings.length}, at most by ${percent(worst.saving)} (${worst.what}, seed ${worst.seed})`,
  );
  return { overstatedGainShare: savings.length / tries, overstatedGainMax: worst.saving };
}
