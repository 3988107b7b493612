import { setTimeout as sleep } from 'node:timers/promises';
import type { Instance, InstanceJob } from '#lab';
import type { AnswerOf, BodyOf } from '#sdk';
import { at, invariant } from '#units';
import type { Bidder, Stage } from './stage.js';

/** A bid as the API answers it. */
export type BidAnswer = AnswerOf<'getBid'>;

/** A job that has been bid for and answered. */
export interface DecidedJob {
  readonly job: InstanceJob;
  readonly bidder: Bidder;
  readonly bid: BidAnswer;
}

/** What came of the demo's bids. */
export interface Bidding {
  /** In the instance's order. */
  readonly decided: readonly DecidedJob[];
  /** From the first bid to the last decision, without what befell the market meanwhile. */
  readonly elapsedMs: number;
  /** From sending a bid to holding its decision, each. */
  readonly waitMs: readonly number[];
}

interface BiddingInput {
  readonly stage: Stage;
  readonly instance: Instance;
  readonly clock: { nowMs(): number };
  readonly onDecided: (count: number) => void;
  /** Before the clock moves on. */
  readonly settled: () => Promise<void>;
  /** What befalls the market in a slot, once its bids are decided. */
  readonly event?: { readonly slot: number; readonly run: () => Promise<void> } | undefined;
}

const POLL_MS = 10;
const DECIDED_WITHIN_MS = 30_000;
const WAIT_SECONDS = 10;

/**
 * Bids for every job in the slot in which it arrives, then moves the market's clock on. Within a slot the bidders act at once: one bid
 * goes by the single route and waits for its decision, several go in bulk and are asked for.
 */
export async function bidForAll({ stage, instance, clock, onDecided, settled, event }: BiddingInput): Promise<Bidding> {
  const startedMs = clock.nowMs();
  const decided: DecidedJob[] = [];
  const waitMs: number[] = [];
  let eventMs = 0;
  for (const [slot, jobs] of bySlot(instance.jobs, event?.slot)) {
    await settled();
    if (slot > 0) await moveClock(stage, slot);
    const sentMs = clock.nowMs();
    const answered = await Promise.all(
      stage.bidders.map((bidder, index) =>
        bidFor(
          { stage, bidder, clock },
          jobs.filter((_, at) => at % stage.bidders.length === index),
        ),
      ),
    );
    decided.push(...answered.flat());
    waitMs.push(...answered.flat().map(() => clock.nowMs() - sentMs));
    onDecided(decided.length);
    if (slot !== event?.slot) continue;
    await settled();
    const fromMs = clock.nowMs();
    await event.run();
    eventMs = clock.nowMs() - fromMs;
  }
  const place = new Map(instance.jobs.map((job, index) => [job.id, index]));
  const inOrder = decided.sort((a, b) => (place.get(a.job.id) ?? 0) - (place.get(b.job.id) ?? 0));
  return { decided: inOrder, elapsedMs: clock.nowMs() - startedMs - eventMs, waitMs };
}

/** Moves the demo's clock to a slot. */
export async function moveClock({ operator, marketId }: Stage, slot: number): Promise<void> {
  await operator.call('advanceClock', { params: { marketId }, body: { slot } });
}

/** The key that makes a repeated bid the same bid. */
export const keyOf = (stage: Stage, job: InstanceJob): string => `${stage.name}-${job.id}`;

/** A job as the body of a bid: chunks keyed by site. */
export function bodyOf({ siteIds }: Stage, job: InstanceJob): BodyOf<'placeBid'> {
  const chunks = Object.fromEntries(job.chunks.flatMap((count, site) => (count > 0 ? [[siteIds[site], count]] : [])));
  const { valuation, epochs, throughput, parameterMB, worker, ps } = job;
  return { label: job.model ?? job.id, valuation, chunks, epochs, throughput, parameterMB, worker, ps };
}

/** The jobs of each slot in which any arrive, and of `also`, in the order of the slots. */
function bySlot(jobs: readonly InstanceJob[], also: number | undefined): [number, InstanceJob[]][] {
  const groups = new Map<number, InstanceJob[]>(also === undefined ? [] : [[also, []]]);
  for (const job of jobs) groups.set(job.arrival, [...(groups.get(job.arrival) ?? []), job]);
  return [...groups].sort(([a], [b]) => a - b);
}

interface Acting {
  readonly stage: Stage;
  readonly bidder: Bidder;
  readonly clock: { nowMs(): number };
}

async function bidFor(acting: Acting, jobs: readonly InstanceJob[]): Promise<DecidedJob[]> {
  const ids = jobs.length > 1 ? await bidInBulk(acting, jobs) : await Promise.all(jobs.map((job) => bidOnce(acting, job)));
  return Promise.all(jobs.map(async (job, index) => ({ job, bidder: acting.bidder, bid: await decisionOf(acting, at(ids, index)) })));
}

async function bidOnce({ stage, bidder }: Acting, job: InstanceJob): Promise<string> {
  const params = { marketId: stage.marketId };
  const bid = { params, idempotencyKey: keyOf(stage, job), waitSeconds: WAIT_SECONDS, body: bodyOf(stage, job) };
  return (await bidder.client.call('placeBid', bid)).id;
}

async function bidInBulk({ stage, bidder }: Acting, jobs: readonly InstanceJob[]): Promise<string[]> {
  const bids = jobs.map((job) => ({ idempotencyKey: keyOf(stage, job), ...bodyOf(stage, job) }));
  const { results } = await bidder.client.call('placeBids', { params: { marketId: stage.marketId }, body: { bids } });
  return results.map((result) => {
    invariant('id' in result, 'every bid of the workload is well formed');
    return result.id;
  });
}

async function decisionOf({ bidder, clock }: Acting, bidId: string): Promise<BidAnswer> {
  const endMs = clock.nowMs() + DECIDED_WITHIN_MS;
  for (;;) {
    const bid = await bidder.client.call('getBid', { params: { bidId } });
    if (bid.decision) return bid;
    if (clock.nowMs() > endMs) throw new Error(`bid ${bidId} was not decided within ${DECIDED_WITHIN_MS / 1000} s: is the worker running?`);
    await sleep(POLL_MS);
  }
}
