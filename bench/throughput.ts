// How much the market does on this machine and this Postgres, beside what that Postgres does without us: `npm run bench:throughput -- --quick`.
// Without DATABASE_URL it starts a Postgres of its own and throws it away. The last line is one JSON object.
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { paperWorkload } from '#lab';
import { type HostTerminal, type Run, runUntilSignal, serve, Service, type Serving } from '../apps/cli/src/index.js';
import { terminalOf } from './terminal.js';
import { System, type Round } from './throughput/system.js';
import { openYardsticks, settingsOf, type Yardsticks } from './throughput/yardsticks.js';

const { values: flags } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    full: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
  },
});
const MARKETS = 16;
const ROUNDS = flags.quick ? 1 : 5;
const ROUNDS_BESIDE = flags.quick ? 1 : 3;
const SECONDS = flags.quick ? 1 : 6;
/** At half load: connections open and empty markets fill, which no later second looks like. */
const WARMUP_SECONDS = flags.quick ? 1 : 3;
/** Bulk takes in more in a second than is decided in several. */
const BULK_SECONDS = flags.quick ? 0.3 : 1;
const GROWTH = flags.quick ? [10_000] : flags.full ? [10_000, 100_000, 1_000_000] : [10_000, 100_000];
const MARKET_COUNTS = flags.quick ? [1, 16] : [1, 4, 16, 64];
const WORKER = new URL('../apps/worker/src/main.js', import.meta.url);

const median = (figures: readonly number[]): number => [...figures].sort((a, b) => a - b)[Math.floor(figures.length / 2)];
const whole = (figure: number): string => figure.toFixed(0).padStart(7);
const round2 = (figure: number): number => Math.round(figure * 100) / 100;

async function repeated(rounds: number, measure: () => Promise<number>): Promise<number> {
  const figures: number[] = [];
  for (let round = 0; round < rounds; round++) figures.push(await measure());
  return median(figures);
}

interface Comparison {
  readonly pgbench: number | undefined;
  readonly insert: number;
  readonly single: number;
  readonly bulk: number;
}

/** The yardsticks and we in turn, so that what the machine does meanwhile meets all alike. */
async function compare(system: System, yardsticks: Yardsticks): Promise<Comparison> {
  const body = JSON.stringify(paperWorkload({ kind: 'testbed', jobs: 1, seed: Number(flags.seed) }).jobs[0]);
  const rounds: { pgbench: number | undefined; insert: number; single: number; bulk: number }[] = [];
  console.log('\nround  pgbench -N  insert    single (accepted)    bulk (accepted)   per second');
  for (let round = 1; round <= ROUNDS; round++) {
    const pgbench = await yardsticks.pgbench(SECONDS);
    const insert = await yardsticks.inserts(SECONDS, body);
    const single = await system.saturate({ markets: MARKETS, seconds: SECONDS, bulk: false });
    const bulk = await system.saturate({ markets: MARKETS, seconds: BULK_SECONDS, bulk: true });
    const [a, b] = [whole(pgbench ?? Number.NaN), whole(insert)];
    console.log(
      `${String(round).padStart(5)}  ${a}     ${b} ${whole(single.whole)} (${whole(single.acked)}) ${whole(bulk.whole)} (${whole(bulk.acked)})`,
    );
    rounds.push({ pgbench, insert, single: single.whole, bulk: bulk.whole });
  }
  const tps = rounds.flatMap(({ pgbench }) => pgbench ?? []);
  return {
    pgbench: tps.length > 0 ? median(tps) : undefined,
    insert: median(rounds.map(({ insert }) => insert)),
    single: median(rounds.map(({ single }) => single)),
    bulk: median(rounds.map(({ bulk }) => bulk)),
  };
}

const single = async (system: System, markets = MARKETS): Promise<number> =>
  (await system.saturate({ markets, seconds: SECONDS, bulk: false })).whole;

async function growth(system: System, count: number): Promise<number> {
  await system.fillTo(count);
  const rate = await repeated(ROUNDS_BESIDE, () => single(system));
  console.log(`stored ${String(count).padStart(8)}: ${whole(rate)} bids/s the whole way`);
  return rate;
}

/** Latencies at a rate that leaves half of the machine: medians over the rounds. */
async function halfLoad(system: System, rate: number): Promise<{ acceptP99Ms: number; decideP99Ms: number }> {
  console.log(
    `half load (${whole(rate)} bids/s, ${SECONDS * 2} s after ${WARMUP_SECONDS} s of warm-up), ms: accept p50 p99, decide p50 p99`,
  );
  const rounds: Round[] = [];
  for (let round = 0; round < ROUNDS_BESIDE; round++) {
    const one = await system.arrivals({
      markets: MARKETS,
      seconds: SECONDS * 2,
      warmup: WARMUP_SECONDS,
      rate: Math.max(1, Math.round(rate)),
    });
    console.log([one.accept.p50, one.accept.p99, one.decide.p50, one.decide.p99].map(whole).join(' '));
    rounds.push(one);
  }
  console.log();
  return { acceptP99Ms: median(rounds.map(({ accept }) => accept.p99)), decideP99Ms: median(rounds.map(({ decide }) => decide.p99)) };
}

async function withTwoWorkers(terminal: HostTerminal, run: Run, { serving, system }: { serving: Serving; system: System }): Promise<void> {
  const one = await repeated(ROUNDS_BESIDE, () => single(system));
  const env = { ...terminal.env, DATABASE_URL: serving.databaseUrl };
  const { clock } = terminal;
  const logFile = join(serving.logDir ?? tmpdir(), 'worker-2.log');
  const common = { env, clock, logFile, graceMs: 15_000, isExcused: () => false, report: console.log, onGiveUp: run.onGiveUp };
  const service = new Service({ ...common, name: 'a second worker', main: WORKER });
  await run.closing.add('a second worker', () => service.stop());
  service.start();
  service.markReady();
  await system.saturate({ markets: MARKETS, seconds: 1, bulk: false }); // it warms up
  const two = await repeated(ROUNDS_BESIDE, () => single(system));
  await service.stop();
  console.log(`\nworkers: 1 ${whole(one)}, 2 ${whole(two)} bids/s the whole way (${(two / one).toFixed(2)} x)`);
}

async function bench(terminal: HostTerminal, run: Run): Promise<void> {
  const serving = await serve(terminal, { ...run, anyPort: true, logToFiles: true, forLoad: true });
  const system = await System.over(serving, Number(flags.seed));
  await run.closing.add('connections', () => system.close());
  console.log(
    `${cpus().length} x ${cpus()[0].model}, load ${loadavg()[0].toFixed(1)}, Node ${process.version}, queue ${run.config.redisUrl ? 'Redis' : 'Postgres'}`,
  );
  console.log(`PostgreSQL: ${await settingsOf(serving.databaseUrl)}\n`);
  const yardsticks = await openYardsticks(serving.databaseUrl);
  await single(system); // everybody warms up
  const rates = [await growth(system, GROWTH[0])];
  const medians = await compare(system, yardsticks);
  await yardsticks.close();
  console.log(
    `median ${whole(medians.pgbench ?? Number.NaN)}     ${whole(medians.insert)} ${whole(medians.single)}           ${whole(medians.bulk)}\n`,
  );
  const half = await halfLoad(system, medians.single / 2);
  for (const markets of MARKET_COUNTS)
    console.log(`markets ${String(markets).padStart(3)}: ${whole(await single(system, markets))} bids/s the whole way`);
  if (!flags.quick) await withTwoWorkers(terminal, run, { serving, system });
  console.log();
  for (const count of GROWTH.slice(1)) rates.push(await growth(system, count));
  const over = (figure: number, base: number | undefined): number | null => (base === undefined ? null : round2(figure / base));
  const result = {
    singleOverPgbench: over(medians.single, medians.pgbench),
    bulkOverPgbench: over(medians.bulk, medians.pgbench),
    singlePerSecond: Math.round(medians.single),
    bulkPerSecond: Math.round(medians.bulk),
    rate1e6Over1e4: GROWTH.includes(1_000_000) ? over(rates[2], rates[0]) : null,
    rate1e5Over1e4: GROWTH.includes(100_000) ? over(rates[1], rates[0]) : null,
    acceptP99Ms: half.acceptP99Ms,
    decideP99Ms: half.decideP99Ms,
    pgbenchPerSecond: medians.pgbench === undefined ? null : Math.round(medians.pgbench),
    insertPerSecond: Math.round(medians.insert),
  };
  console.log(JSON.stringify(result));
}

const dataDir = await mkdtemp(join(tmpdir(), 'eris-throughput-'));
const terminal = terminalOf(dataDir);
try {
  await runUntilSignal(terminal, (run) => bench(terminal, run));
} finally {
  await rm(dataDir, { recursive: true, force: true });
}
