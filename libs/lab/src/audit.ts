import { footprintOf, type TrainingBid, validateSchedule } from '#kinds';
import { applyFootprint, type Book, type Footprint, paymentLines, totalOf, usageOf, valueAt } from '#mechanism';
import { formatMicros } from '#units';
import { creditsToMicros, toBid } from './convert.js';
import type { Instance, InstanceJob } from './instance.js';
import { bookOf } from './instance-book.js';
import { fromWireSchedule, type Result, type ResultJob } from './result.js';

/** Something that a result claims and that doesn't hold. `rule` is V1-V6 or what was recomputed. */
export interface AuditFinding {
  readonly job?: string;
  readonly slot?: number | undefined;
  readonly rule: string;
  readonly detail: string;
}

/** What an audit of a result has found. */
export interface Audit {
  readonly findings: readonly AuditFinding[];
  readonly validSchedules: number;
  readonly acceptedJobs: number;
}

interface Replay {
  readonly instance: Instance;
  readonly book: Book;
  readonly findings: AuditFinding[];
  /** Sums of what the replay found, micro-credits. */
  welfare: bigint;
  revenue: bigint;
  validSchedules: number;
}

/**
 * Replays a result in order against its instance: every accepted schedule through the validator beside what was sold before it, every
 * value and payment recomputed from the valuation and the posted prices, and the sums. A schedule that is invalid is not added to
 * what is sold.
 */
export function auditResult(instance: Instance, result: Result): Audit {
  const replay: Replay = { instance, book: bookOf(instance), findings: [], welfare: 0n, revenue: 0n, validSchedules: 0 };
  if (result.instance !== instance.name)
    replay.findings.push({ rule: 'instance', detail: `the result is of "${result.instance}", the instance is "${instance.name}"` });
  if (result.jobs.length !== instance.jobs.length) {
    replay.findings.push({ rule: 'jobs', detail: `${result.jobs.length} jobs in the result, ${instance.jobs.length} in the instance` });
  }
  instance.jobs.forEach((job, index) => {
    const claimed = result.jobs[index];
    if (claimed) auditJob(replay, job, claimed);
  });
  auditSums(replay, result);
  return {
    findings: replay.findings,
    validSchedules: replay.validSchedules,
    acceptedJobs: result.jobs.filter((job) => job.accepted).length,
  };
}

function auditJob(replay: Replay, job: InstanceJob, claimed: ResultJob): void {
  const find = (rule: string, detail: string): number => replay.findings.push({ job: job.id, rule, detail });
  if (claimed.id !== job.id) find('jobs', `the result has "${claimed.id}" in this place`);
  if (claimed.accepted) return auditAccepted(replay, { job, claimed, bid: toBid(job, replay.instance.resources) });
  if (claimed.schedule.length > 0) find('refused', 'a refused job has a schedule');
  if (claimed.payment !== 0) find('refused', `a refused job pays ${claimed.payment}`);
  if (!claimed.reason) find('refused', 'a refused job has no reason');
}

interface AcceptedJob {
  readonly job: InstanceJob;
  readonly claimed: ResultJob;
  readonly bid: TrainingBid;
}

function auditAccepted(replay: Replay, accepted: AcceptedJob): void {
  const { instance, book, findings } = replay;
  const { job, claimed, bid } = accepted;
  const schedule = fromWireSchedule(claimed.schedule);
  const completion = claimed.completion ?? -1;
  const usage = (slot: number): readonly number[] => (slot < instance.slots ? usageOf(book, slot) : []);
  const violations = validateSchedule({
    spec: book.spec,
    usage,
    job: bid.job,
    arrival: job.arrival,
    schedule,
    completion,
    horizonEnd: instance.slots,
  });
  findings.push(...violations.map(({ rule, slot, detail }) => ({ job: job.id, slot, rule, detail })));
  if (violations.length > 0) return;
  replay.validSchedules++;
  const footprint = footprintOf(book.spec, bid.job, schedule);
  auditMoney(replay, accepted, { footprint, completion });
  applyFootprint(book, footprint);
}

function auditMoney(
  replay: Replay,
  { job, claimed, bid }: AcceptedJob,
  { footprint, completion }: { footprint: Footprint; completion: number },
): void {
  const value = valueAt(bid.valuation, completion - job.arrival);
  const payment = totalOf(paymentLines(replay.book, footprint));
  const find = (rule: string, detail: string): number => replay.findings.push({ job: job.id, rule, detail });
  if (creditsToMicros(claimed.value) !== value) find('value', `claims ${claimed.value}, the valuation gives ${formatMicros(value)}`);
  if (creditsToMicros(claimed.payment) !== payment)
    find('payment', `claims ${claimed.payment}, posted prices give ${formatMicros(payment)}`);
  if (payment > value) find('rationality', `pays ${formatMicros(payment)} for a value of ${formatMicros(value)}`);
  replay.welfare += value;
  replay.revenue += payment;
}

function auditSums({ findings, welfare, revenue }: Replay, result: Result): void {
  const accepted = result.jobs.filter((job) => job.accepted).length;
  const expectSum = (rule: string, claimed: number, found: bigint): void => {
    if (creditsToMicros(claimed) !== found)
      findings.push({ rule, detail: `claims ${claimed}, valid schedules sum to ${formatMicros(found)}` });
  };
  expectSum('welfare', result.welfare, welfare);
  expectSum('revenue', result.revenue, revenue);
  if (result.accepted !== accepted)
    findings.push({ rule: 'accepted', detail: `claims ${result.accepted}, ${accepted} jobs are marked so` });
  const rejected = result.jobs.length - accepted;
  if (result.rejected !== rejected)
    findings.push({ rule: 'rejected', detail: `claims ${result.rejected}, ${rejected} jobs are marked so` });
}

/** One line of a finding. */
export const findingLine = ({ job, slot, rule, detail }: AuditFinding): string =>
  [rule, job, slot === undefined ? undefined : `slot ${slot}`].filter((part) => part !== undefined).join(' ') + `: ${detail}`;
