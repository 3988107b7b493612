import type { TrainingOracle, TrainingDecision } from '#kinds';
import { admit, applyFootprint, type Book } from '#mechanism';
import { at } from '#units';
import { microsToCredits, toBid } from './convert.js';
import type { Instance, InstanceJob } from './instance.js';
import { bookOf } from './instance-book.js';
import { ascending, percentile } from './percentile.js';
import { toWireSchedule, type Result, type ResultJob } from './result.js';

/** The time, as an argument. */
export interface Clock {
  nowMs(): number;
}

/** What is simulated, and with what. */
export interface SimulateInput {
  readonly instance: Instance;
  readonly oracle: TrainingOracle;
  /** Measures how long decisions take; without it they are reported as 0. */
  readonly clock?: Clock;
  /** Decides the jobs for so long before, unmeasured, so that `decisionMs` is of warm code; 0 where it is not said. */
  readonly warmUpMs?: number;
  readonly onProgress?: (decided: number, of: number) => void;
}

const STOPPED: Clock = { nowMs: () => 0 };

/**
 * Decides the jobs of an instance in order, each at the prices that the earlier ones left, over the fixed horizon of the instance.
 * @returns an eris-result/1. Deterministic but for `decisionMs`.
 */
export function simulate({ instance, oracle, clock = STOPPED, warmUpMs = 0, onProgress }: SimulateInput): Result {
  if (warmUpMs > 0) warmUp({ instance, oracle, clock }, clock.nowMs() + warmUpMs);
  const book = bookOf(instance);
  const times: number[] = [];
  const decisions = instance.jobs.map((job, index) => {
    const { decision, ms } = decide({ instance, book, oracle, clock }, job);
    times.push(ms);
    onProgress?.(index + 1, instance.jobs.length);
    return decision;
  });
  return resultOf(instance, { decisions, times, oracleName: oracle.name });
}

const WARM_UP_PASSES_MAX = 40;

/** Decides the jobs again and again until `endMs`. */
function warmUp(run: Omit<Run, 'book'>, endMs: number): void {
  for (let pass = 0; pass < WARM_UP_PASSES_MAX; pass++) {
    const book = bookOf(run.instance);
    for (const job of run.instance.jobs) {
      if (run.clock.nowMs() >= endMs) return;
      decide({ ...run, book }, job);
    }
  }
}

interface Run {
  readonly instance: Instance;
  readonly book: Book;
  readonly oracle: TrainingOracle;
  readonly clock: Clock;
}

function decide({ instance, book, oracle, clock }: Run, job: InstanceJob): { decision: TrainingDecision; ms: number } {
  const bid = toBid(job, instance.resources);
  const start = clock.nowMs();
  const decision = admit({ book, bid, arrival: job.arrival, oracle });
  const ms = clock.nowMs() - start;
  if (decision.kind === 'accepted') applyFootprint(book, decision.footprint);
  return { decision, ms };
}

interface Decided {
  readonly decisions: readonly TrainingDecision[];
  readonly times: readonly number[];
  readonly oracleName: string;
}

function resultOf(instance: Instance, { decisions, times, oracleName }: Decided): Result {
  const accepted = decisions.filter((decision) => decision.kind === 'accepted');
  const sum = (amounts: readonly bigint[]): number => microsToCredits(amounts.reduce((total, amount) => total + amount, 0n));
  const sorted = ascending(times);
  return {
    format: 'eris-result/1',
    instance: instance.name,
    policy: 'eris',
    oracle: oracleName,
    welfare: sum(accepted.map(({ value }) => value)),
    revenue: sum(accepted.map(({ payment }) => payment)),
    accepted: accepted.length,
    rejected: decisions.length - accepted.length,
    decisionMs: { p50: percentile(sorted, 0.5), p99: percentile(sorted, 0.99), max: sorted.at(-1) ?? 0 },
    jobs: decisions.map((decision, index) => jobOf(at(instance.jobs, index), decision)),
  };
}

function jobOf({ id }: InstanceJob, decision: TrainingDecision): ResultJob {
  if (decision.kind === 'refused') {
    return { id, accepted: false, completion: null, value: 0, payment: 0, reason: decision.refusal.code, schedule: [] };
  }
  const { completion, value, payment, plan } = decision;
  return {
    id,
    accepted: true,
    completion,
    value: microsToCredits(value),
    payment: microsToCredits(payment),
    reason: null,
    schedule: toWireSchedule(plan),
  };
}
