import { paperWorkload, type Instance } from '#lab';
import { formatMicros } from '#units';
import { atMost } from '../running/at-most.js';
import { runUntilSignal, type Run } from '../running/run.js';
import { operatorKeyOf, serve, type Serving } from '../running/serve.js';
import { whereItServes } from '../running/start.js';
import { EXIT, progressOf, type HostTerminal } from '../terminal.js';
import type { PriceRuleName } from '../posted-prices.js';
import { bidForAll, bodyOf, keyOf, moveClock, type Bidding } from './bidding.js';
import type { Check } from './check.js';
import { followLearning } from './learning.js';
import { databaseCheck, ledgerCheck } from './ledger-checks.js';
import { replay, type Allocation, type Replay } from './replay.js';
import { reportLines, totalsOf, utilisationOf } from './report.js';
import { type Comparison, comparisonWith } from './comparison.js';
import { openStage, type Stage } from './stage.js';

/** What the demo runs with. */
export interface DemoOptions {
  readonly jobs: number;
  readonly seed: number;
  readonly prices: PriceRuleName;
  readonly exit: boolean;
  readonly all: boolean;
  readonly json: boolean;
}

/** Connections to the API: what some bidders use at once. */
const CONNECTIONS = 16;
const BIDS_REPEATED = 10;

/** Everything that a run has brought. */
interface Outcome {
  readonly stage: Stage;
  readonly bidding: Bidding;
  readonly replay: Replay;
  readonly checks: readonly Check[];
  /** What the rules of prices give, the one that was played first. */
  readonly comparison: readonly Comparison[];
}

/**
 * Serves, plays the workload, prints what came of it and checks it; then goes on serving unless it is told to end.
 * Exit code 1 where a check does not hold.
 */
export function demo(terminal: HostTerminal, options: DemoOptions): Promise<void> {
  return runUntilSignal(terminal, async (run) => {
    const serving = await serve(terminal, { ...run, anyPort: true, logToFiles: true });
    const instance = paperWorkload({ kind: 'testbed', jobs: options.jobs, seed: options.seed });
    const outcome = await play(terminal, { serving, instance, rule: options.prices });
    show(terminal, { options, instance, outcome });
    if (!options.exit) await serveOn(terminal, { run, serving, stage: outcome.stage });
  });
}

interface Playing {
  readonly serving: Serving;
  readonly instance: Instance;
  readonly rule: PriceRuleName;
}

async function play(terminal: HostTerminal, { serving, instance, rule }: Playing): Promise<Outcome> {
  const site = { url: serving.url, fetch: atMost(CONNECTIONS) };
  const stage = await openStage(site, operatorKeyOf(serving), { instance, rule });
  terminal.err(
    `eris: market ${stage.name} is open: ${instance.sites.length} sites, ${stage.bidders.length} bidders, ${instance.jobs.length} jobs\n`,
  );
  const learning = followLearning(serving.databaseUrl, stage.marketId, terminal.clock);
  const bidding = await bidShowingProgress(terminal, { stage, instance, settled: learning.caughtUp });
  await learning.close();
  const allocations = await allocationsOf(stage, bidding);
  await moveClock(stage, lastSlot(bidding, instance) + 1);
  const { databaseUrl } = serving;
  const replayed = await replay({ databaseUrl, marketId: stage.marketId, decided: bidding.decided, allocations });
  const others = [await ledgerCheck(stage, bidding), await databaseCheck(databaseUrl, stage.marketId), await repeatCheck(stage, bidding)];
  const comparison = comparisonWith(rule, { instance, bidding });
  return { stage, bidding, replay: replayed, checks: [...replayed.checks, ...others], comparison };
}

async function bidShowingProgress(
  terminal: HostTerminal,
  { stage, instance, settled }: { stage: Stage; instance: Instance; settled: () => Promise<void> },
): Promise<Bidding> {
  const total = instance.jobs.length;
  const progress = terminal.isErrTty ? progressOf(terminal, { label: 'bids decided', total }) : progressLines(terminal, total);
  try {
    return await bidForAll({ stage, instance, clock: terminal.clock, onDecided: (count) => progress.update(count), settled });
  } finally {
    progress.stop();
  }
}

/** Where there is no terminal to draw a bar on: a line for each quarter. */
function progressLines(terminal: HostTerminal, total: number): { update(done: number): void; stop(): void } {
  let quarter = 0;
  const update = (done: number): void => {
    const reached = Math.floor((4 * done) / total);
    if (reached > quarter) terminal.err(`eris: ${done} of ${total} bids decided\n`);
    quarter = Math.max(quarter, reached);
  };
  return { update, stop: () => undefined };
}

async function allocationsOf({ operator }: Stage, { decided }: Bidding): Promise<Map<string, Allocation>> {
  const accepted = decided.filter(({ bid }) => bid.status === 'accepted');
  const found = await Promise.all(accepted.map(({ bid }) => operator.call('getAllocation', { params: { bidId: bid.id } })));
  return new Map(found.map((allocation) => [allocation.bidId, allocation]));
}

/** The last slot in which anything runs: past it, every held credit is the operator's. */
const lastSlot = ({ decided }: Bidding, { slots }: Instance): number =>
  Math.max(slots - 1, ...decided.map(({ bid }) => bid.decision?.completion ?? 0));

/** Some bids once more with their keys: the same ids, and nothing decided again. */
async function repeatCheck(stage: Stage, { decided }: Bidding): Promise<Check> {
  const repeated = decided.slice(0, BIDS_REPEATED);
  const faults = await Promise.all(
    repeated.map(async ({ job, bidder, bid }) => {
      const params = { marketId: stage.marketId };
      const { id } = await bidder.client.call('placeBid', { params, idempotencyKey: keyOf(stage, job), body: bodyOf(stage, job) });
      return id === bid.id ? [] : [`${job.id}: was bid ${bid.id}, is bid ${id}`];
    }),
  );
  return { name: 'a repeated bid is the same bid', detail: `${repeated.length} sent again with their keys`, faults: faults.flat() };
}

function show(
  terminal: HostTerminal,
  { options, instance, outcome }: { options: DemoOptions; instance: Instance; outcome: Outcome },
): void {
  const totals = totalsOf(outcome.bidding);
  const failed = outcome.checks.filter(({ faults }) => faults.length > 0).length;
  if (options.json) terminal.out(`${JSON.stringify(resultOf({ instance, outcome }))}\n`);
  else {
    const verdict = failed === 0 ? 'all checks hold' : `${failed} of ${outcome.checks.length} checks do NOT hold`;
    terminal.out(`${[...reportLines({ instance, ...outcome, totals, all: options.all }), '', verdict].join('\n')}\n`);
  }
  if (failed > 0) process.exitCode = EXIT.failed;
}

function resultOf({ instance, outcome }: { instance: Instance; outcome: Outcome }): Record<string, unknown> {
  const { stage, bidding, checks, comparison } = outcome;
  const totals = totalsOf(bidding);
  return {
    instance: instance.name,
    market: { id: stage.marketId, name: stage.name },
    prices: comparison,
    totals: { ...totals, welfare: formatMicros(totals.welfare), revenue: formatMicros(totals.revenue) },
    utilisation: utilisationOf(instance, outcome.replay),
    jobs: bidding.decided.map(({ job, bidder, bid }) => ({
      job: job.id,
      model: job.model,
      bidder: bidder.name,
      arrival: job.arrival,
      bid,
    })),
    checks: checks.map(({ name, detail, faults }) => ({ name, detail, holds: faults.length === 0, faults })),
  };
}

async function serveOn(terminal: HostTerminal, { run, serving, stage }: { run: Run; serving: Serving; stage: Stage }): Promise<void> {
  const keys = stage.bidders.map(({ name, key }) => `  ${name.padEnd(16)} ${key}`);
  const text = [
    whereItServes(serving),
    '',
    `The market is ${stage.name}, id ${stage.marketId}. Its bidders' keys:`,
    ...keys,
    `Logs are in ${serving.logDir ?? '.'}.`,
  ];
  terminal.out(`${text.join('\n')}\n`);
  await run.untilEnd;
}
