import { createPrng } from '#lab';
import { ledgerLaws } from '#ledger';
import { AppendReceipts, verifyMarket } from '#market';
import { standardKinds } from '#kinds';
import { isBeingRepaired } from './after-sale.js';
import { lifecycleProblems } from './lifecycle-laws.js';
import { auditSourceOf, receiptStoreOf } from './audit.js';
import type { Database, Sabotage, StoredMarket } from './database.js';
import { drawScene } from './scene.js';
import { newProcess, Scheduler, settled } from './scheduler.js';
import { type Ack, World } from './world.js';

/** What came of one run. */
export interface RunResult {
  /** Broken laws; none in a right world. */
  readonly problems: readonly string[];
  readonly turns: number;
  readonly decisions: number;
  readonly accepted: number;
  readonly faults: number;
  /** Windows that were opened, by heartbeats among them; those whom they hit; allocations that were given back. */
  readonly windows: number;
  readonly silences: number;
  readonly hits: number;
  readonly cancelled: number;
  /** Allocations that were changed, and those that stayed since the bid for it was refused. */
  readonly changed: number;
  readonly keptAsTheyWere: number;
  /** How often the market's writer changed. */
  readonly epochs: number;
}

/** A run that takes longer has come to no end. */
const TURNS_MAX = 30_000;
const kinds = standardKinds();

/** Plays one seed from the first bid until everything is at rest, and asks the laws. */
export async function simulate(seed: number, sabotage: Sabotage = 'none'): Promise<RunResult> {
  const real = globalThis.setTimeout;
  const scheduler = new Scheduler(createPrng(seed));
  globalThis.setTimeout = ((callback: () => void, ms = 0) => {
    void scheduler.sleep(scheduler.current ?? newProcess('nobody'), ms).then(callback);
  }) as typeof setTimeout;
  try {
    const world = await play(scheduler, sabotage);
    const problems = [...world.problems, ...(await lawsOf(world))];
    return { problems, ...figuresOf(world, scheduler) };
  } finally {
    globalThis.setTimeout = real;
  }
}

async function play(scheduler: Scheduler, sabotage: Sabotage): Promise<World> {
  const scene = drawScene(scheduler, sabotage);
  const { random } = scheduler;
  const { database, faultsPerMille } = scene;
  const world = new World(scheduler, scene, kinds);
  database.losesAnswer = () => world.busy > 0 && random.below(2_000) < faultsPerMille;
  await settled();
  const isOver = (): boolean => isAtRest(world) || world.problems.length > 0 || scheduler.turns >= TURNS_MAX;
  do {
    while (!isOver()) {
      const dice = random.below(60_000); // one throw for all three
      if (world.busy > 0 && dice < 60 * faultsPerMille) world.fault();
      if (dice % 3 === 0) world.ring();
      if (dice % 60 === 1) world.sweep();
      await scheduler.step();
      database.expire();
    }
    while (scheduler.turns < TURNS_MAX && (await scheduler.step())) database.expire(); // what is still on its way, a window among it
  } while (!isOver());
  if (scheduler.turns >= TURNS_MAX) world.problems.push('comes to no end');
  if (world.problems.length === 0) await sealRest(scheduler, database);
  return world;
}

const isAtRest = ({ busy, database }: World): boolean =>
  busy === 0 && [...database.markets.values()].every((market) => market.undecided.size === 0 && !isBeingRepaired(market));

/** The last receipts. */
async function sealRest(scheduler: Scheduler, database: Database): Promise<void> {
  const process = newProcess('sealer');
  let isDone = false;
  const run = new AppendReceipts(receiptStoreOf(database, process), { nowMs: () => 0 }).run(1).then(() => (isDone = true));
  while (!isDone) await scheduler.step();
  await run;
}

async function lawsOf(world: World): Promise<string[]> {
  const { database, acks } = world;
  const broken = ledgerLaws(database.ledger).map((law) => `ledger: ${law}`);
  broken.push(...acks.flatMap((ack) => ackProblems(database, ack)), ...lifecycleProblems(world));
  for (const market of database.markets.values())
    broken.push(...marketProblems(database, market), ...(await replayProblems(database, market)));
  return broken;
}

/** What a client was told holds: its bid is stored under that id and decided exactly once. */
function ackProblems({ bids, bidByKey, decisions }: Database, { bid, outcome }: Ack): string[] {
  if (outcome.kind === 'market_closed') return [];
  const stored = bidByKey.get(`${bid.organisationId} ${bid.idempotencyKey}`);
  if (outcome.kind === 'key_reused') return stored && stored.body !== bid.body ? [] : [`key ${bid.idempotencyKey} was not reused`];
  if (outcome.kind !== 'queued') return [`unexpected answer ${outcome.kind}`];
  if (bids.get(outcome.bidId)?.body !== bid.body || stored?.bidId !== outcome.bidId) return [`bid ${outcome.bidId} is not as acknowledged`];
  const count = decisions.filter(({ bidId }) => bidId === outcome.bidId).length;
  return count === 1 ? [] : [`bid ${outcome.bidId} is decided ${count} times`];
}

/** The log has no gaps, epochs never go back, nothing is oversold, bidders took turns. */
function marketProblems(database: Database, market: StoredMarket): string[] {
  const { marketId, events, sequence, usage, turnProblems } = market;
  const gaps = events.filter((event, index) => event.sequence !== BigInt(index + 1)).length;
  const decisions = database.decisions.filter((decision) => decision.marketId === marketId);
  const stale = decisions.filter((decision, index) => index > 0 && decision.epoch < decisions[index - 1].epoch).length;
  const oversold = [...usage].filter(([, { usedMilli, capacityMilli }]) =>
    usedMilli.some((used, cell) => used > capacityMilli[cell]),
  ).length;
  return [
    ...turnProblems.map((problem) => `market ${marketId}: ${problem}`),
    ...(gaps > 0 || sequence !== BigInt(events.length) ? [`market ${marketId}: the log has gaps`] : []),
    ...(stale > 0 ? [`market ${marketId}: ${stale} decisions of an epoch that had ended`] : []),
    ...(oversold > 0 ? [`market ${marketId}: ${oversold} slots are oversold`] : []),
  ];
}

/** Decided again one after the other, everything is the same; every entry has its receipt. */
async function replayProblems(database: Database, { marketId, sequence }: StoredMarket): Promise<string[]> {
  const outcome = await verifyMarket(auditSourceOf(database), marketId, { kinds });
  if (outcome.kind !== 'verified') return ['market is gone'];
  const { findings, receipts } = outcome.verification;
  const unsealed =
    findings.length === 0 && BigInt(receipts) !== sequence ? [`market ${marketId}: ${receipts} receipts of ${sequence}`] : [];
  return [
    ...unsealed,
    ...findings.map((finding) => `market ${marketId}, entry ${finding.sequence}: ${finding.table} (${finding.key}): ${finding.detail}`),
  ];
}

function figuresOf({ database, faults }: World, { turns }: Scheduler): Omit<RunResult, 'problems'> {
  const { decisions, markets } = database;
  const accepted = decisions.filter(({ decision }) => decision.kind === 'accepted').length;
  const epochs = [...markets.values()].reduce((sum, { lease }) => sum + Number(lease?.epoch ?? 0n), 0);
  const all = [...markets.values()];
  const windows = all.flatMap((market) => market.windows);
  const hits = all.flatMap((market) => market.hits);
  const changes = decisions.filter(({ links }) => links?.replaces !== undefined);
  const changed = changes.filter(({ decision }) => decision.kind === 'accepted').length;
  const cancelled = hits.filter(({ event }) => event.kind === 'allocation_cancelled').length;
  return {
    ...{ turns, decisions: decisions.length, accepted, faults, epochs, cancelled, changed, keptAsTheyWere: changes.length - changed },
    windows: windows.length,
    silences: windows.filter(({ openedBy }) => openedBy === 'heartbeats').length,
    hits: hits.length - cancelled,
  };
}
