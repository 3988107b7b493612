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
import { outageChecks, returnedOf } from './outage-checks.js';
import { outageLines, outageResult } from './outage-report.js';
import { type Outage, type OutageWish, outageWishOf, strike } from './outage.js';
import { replay, type Allocation, type Replay } from './replay.js';
import { reportLines, totalsOf, utilisationOf } from './report.js';
import { type Comparison, comparisonWith } from './comparison.js';
import { openStage, type Stage } from './stage.js';

/** What the demo runs with. */
export interface DemoOptions {
  readonly jobs: number;
  readonly seed: number;
  readonly prices: PriceRuleName;
  /** Which site fails, and in which slot, as it was written; undefined: none. */
  readonly outage: string | undefined;
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
  readonly failure: Failure | undefined;
}

/** An outage, and what became of every allocation. */
interface Failure {
  readonly outage: Outage;
  /** By the ids of their bids, once every slot has run. */
  readonly ended: ReadonlyMap<string, Allocation>;
}

/**
 * Serves, plays the workload, prints what came of it and checks it; then goes on serving unless it is told to end.
 * Exit code 1 where a check does not hold. @throws BadInput where the outage is of no site or slot of the testbed.
 */
export async function demo(terminal: HostTerminal, options: DemoOptions): Promise<void> {
  const instance = paperWorkload({ kind: 'testbed', jobs: options.jobs, seed: options.seed });
  const wish = options.outage === undefined ? undefined : outageWishOf(options.outage, instance);
  await runUntilSignal(terminal, async (run) => {
    const serving = await serve(terminal, { ...run, anyPort: true, logToFiles: true });
    const outcome = await play(terminal, { serving, instance, rule: options.prices, wish });
    show(terminal, { options, instance, outcome });
    if (!options.exit) await serveOn(terminal, { run, serving, stage: outcome.stage });
  });
}

interface Playing {
  readonly serving: Serving;
  readonly instance: Instance;
  readonly rule: PriceRuleName;
  readonly wish: OutageWish | undefined;
}

async function play(terminal: HostTerminal, { serving, instance, rule, wish }: Playing): Promise<Outcome> {
  const site = { url: serving.url, fetch: atMost(CONNECTIONS) };
  const stage = await openStage(site, operatorKeyOf(serving), { instance, rule });
  terminal.err(
    `eris: market ${stage.name} is open: ${instance.sites.length} sites, ${stage.bidders.length} bidders, ${instance.jobs.length} jobs\n`,
  );
  const { bidding, outage } = await bidThrough(terminal, { serving, instance, wish, stage });
  const allocations = await allocationsOf(stage, bidding);
  await moveClock(stage, lastSlot(allocations, instance) + 1);
  const failure = outage && { outage, ended: await allocationsOf(stage, bidding) };
  const { databaseUrl } = serving;
  const replayed = await replay({ databaseUrl, marketId: stage.marketId, decided: bidding.decided, allocations });
  const returned = returnedOf(allocations.values());
  const others = [
    await ledgerCheck(stage, bidding, returned),
    await databaseCheck(databaseUrl, stage.marketId),
    await repeatCheck(stage, bidding),
    ...(failure ? outageChecks({ ...failure, bidding }) : []),
  ];
  const comparison = comparisonWith(rule, { instance, bidding });
  return { stage, bidding, replay: replayed, checks: [...replayed.checks, ...others], comparison, failure };
}

/** All bids, and the outage in its slot. */
async function bidThrough(
  terminal: HostTerminal,
  { serving, instance, wish, stage }: Omit<Playing, 'rule'> & { readonly stage: Stage },
): Promise<{ readonly bidding: Bidding; readonly outage: Outage | undefined }> {
  const learning = followLearning(serving.databaseUrl, stage.marketId, terminal.clock);
  let outage: Outage | undefined;
  const event = wish && {
    slot: wish.slot,
    run: async (): Promise<void> => void (outage = await strike(stage, wish, instance, terminal.clock)),
  };
  const bidding = await bidShowingProgress(terminal, { stage, instance, settled: learning.caughtUp, event });
  await learning.close();
  return { bidding, outage };
}

async function bidShowingProgress(
  terminal: HostTerminal,
  playing: Pick<Parameters<typeof bidForAll>[0], 'stage' | 'instance' | 'settled' | 'event'>,
): Promise<Bidding> {
  const total = playing.instance.jobs.length;
  const progress = terminal.isErrTty ? progressOf(terminal, { label: 'bids decided', total }) : progressLines(terminal, total);
  try {
    return await bidForAll({ ...playing, clock: terminal.clock, onDecided: (count) => progress.update(count) });
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
const lastSlot = (allocations: ReadonlyMap<string, Allocation>, { slots }: Instance): number =>
  Math.max(slots - 1, ...[...allocations.values()].flatMap((allocation) => allocation.slots.map(({ slot }) => slot)));

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
    terminal.out(
      `${[...reportLines({ instance, ...outcome, totals, all: options.all, outage: outageText({ instance, outcome }) }), '', verdict].join('\n')}\n`,
    );
  }
  if (failed > 0) process.exitCode = EXIT.failed;
}

const outageText = ({ instance, outcome: { failure, stage, bidding } }: { instance: Instance; outcome: Outcome }): string[] =>
  failure ? outageLines({ ...failure, bidding, siteNames: siteNamesOf(stage, instance) }) : [];

const siteNamesOf = ({ siteIds }: Stage, { sites }: Instance): Map<string, string> =>
  new Map(siteIds.map((siteId, index) => [siteId, sites[index]?.id ?? siteId]));

function resultOf({ instance, outcome }: { instance: Instance; outcome: Outcome }): Record<string, unknown> {
  const { stage, bidding, checks, comparison, failure } = outcome;
  const totals = totalsOf(bidding);
  return {
    instance: instance.name,
    market: { id: stage.marketId, name: stage.name },
    prices: comparison,
    totals: { ...totals, welfare: formatMicros(totals.welfare), revenue: formatMicros(totals.revenue) },
    utilisation: utilisationOf(instance, outcome.replay),
    ...(failure && { outage: outageResult({ ...failure, bidding, siteNames: siteNamesOf(stage, instance) }) }),
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
