import { type Schedule, type TrainingJob, validateSchedule } from '#kinds';
import { type Book, capacityOf, usageOf, valueAt } from '#mechanism';
import { at, lastOf, invariant } from '#units';
import { microsToCredits, toBid } from './convert.js';
import { addJob, demandTerms, scheduleOf, type JobBlock } from './exact-block.js';
import { slotsBetween } from './exact-menu.js';
import type { Instance } from './instance.js';
import { bookOf } from './instance-book.js';
import { Milp, type Solver } from './milp.js';

/** What the offline optimum is asked of. */
export interface OfflineInput {
  readonly solver: Solver;
  readonly instance: Instance;
  readonly timeLimitSeconds: number;
}

/** `welfare` and `bound` in credits. `bound`: nothing, not even with fractions of workers and chunks, is worth more. */
export type OfflineOptimum =
  | { readonly kind: 'optimal'; readonly welfare: number; readonly jobs: readonly OfflineJob[] }
  | { readonly kind: 'bound'; readonly bound: number };

/** A job as the offline optimum sees it. */
export interface OfflineJob {
  readonly id: string;
  readonly completion: number | null;
  readonly schedule: Schedule;
}

/** One job in the joint programme. `chosen[c]` says that it completes by slot arrival + c. */
interface Entry {
  readonly id: string;
  readonly job: TrainingJob;
  readonly arrival: number;
  readonly block: JobBlock;
  readonly chosen: readonly number[];
}

/**
 * The most welfare that anyone who knew all jobs beforehand could reach (V1-V6 for all jointly, no prices). Small instances only.
 * @returns the proven optimum with its schedules, or the best bound where the time ran out.
 */
export function offlineOptimum({ solver, instance, timeLimitSeconds }: OfflineInput): OfflineOptimum {
  const { milp, book, entries } = jointProgramme(instance);
  const solved = milp.solve(solver, { sense: 'maximise', timeLimitSeconds });
  invariant(solved.kind !== 'infeasible', 'refusing every job is always possible');
  if (solved.kind === 'time_limit') return { kind: 'bound', bound: solved.bound };
  return { kind: 'optimal', welfare: solved.objective, jobs: entries.map((entry) => offlineJob(book, entry, solved.values)) };
}

/** The bound of the relaxation: workers, chunks and even decisions may be fractions. Credits. */
export function offlineBound({ solver, instance, timeLimitSeconds }: OfflineInput): number {
  const solved = jointProgramme(instance).milp.solve(solver, { sense: 'maximise', timeLimitSeconds, relaxed: true });
  invariant(solved.kind === 'optimal', 'the relaxation is solved within the time');
  return solved.objective;
}

function jointProgramme(instance: Instance): { milp: Milp; book: Book; entries: readonly Entry[] } {
  const milp = new Milp();
  const book = bookOf(instance);
  const entries = instance.jobs.map((_, index) => addEntry(milp, { instance, book, index }));
  for (let slot = 0; slot < instance.slots; slot++) {
    const used = usageOf(book, slot);
    capacityOf(book, slot).forEach((limit, cell) => {
      const terms = entries.flatMap(({ job, block }) =>
        block.slots.filter((one) => one.slot === slot).flatMap((one) => demandTerms(book.spec, job, { slot: one, cell })),
      );
      if (terms.length > 0) milp.row({ upper: (limit - at(used, cell)) / 1000, terms });
    });
  }
  return { milp, book, entries };
}

function addEntry(milp: Milp, { instance, book, index }: { instance: Instance; book: Book; index: number }): Entry {
  const { id, arrival } = at(instance.jobs, index);
  const { job, valuation } = toBid(at(instance.jobs, index), instance.resources);
  const slots = slotsBetween(arrival, instance.slots - 1);
  const most = job.chunks.some((chunks) => chunks > 0) ? 1 : 0; // without data there is nothing to accept
  const chosen = slots.map((_, d) => milp.variable({ cost: microsToCredits(valueAt(valuation, d)), upper: most }));
  const offers = slots.map((slot) => {
    const used = usageOf(book, slot);
    return { slot, freeMilli: capacityOf(book, slot).map((limit, cell) => limit - at(used, cell)) };
  });
  const block = addJob(milp, { spec: book.spec, job, offers, runs: chosen });
  milp.row({ upper: 1, terms: chosen.map((variable) => [variable, 1] as const) });
  block.slots.forEach((slot, d) => {
    const later = chosen.slice(d).map((variable) => [variable, -1] as const);
    milp.row({ upper: 0, terms: [...slot.ps.map((variable) => [variable, 1] as const), ...later] }); // active only up to the completion
  });
  return { id, job, arrival, block, chosen };
}

function offlineJob(book: Book, { id, job, arrival, block, chosen }: Entry, values: Float64Array): OfflineJob {
  const d = chosen.findIndex((variable) => at(values, variable) > 0.5);
  const schedule = scheduleOf(block, values);
  if (d < 0 || schedule.length === 0) return { id, completion: null, schedule: [] };
  const completion = lastOf(schedule).slot;
  const violations = validateSchedule({
    spec: book.spec,
    usage: (slot) => usageOf(book, slot),
    job,
    arrival,
    schedule,
    completion,
    horizonEnd: arrival + d + 1,
  });
  invariant(violations.length === 0, `the offline schedule of ${id} is valid by itself: ${JSON.stringify(violations)}`);
  return { id, completion, schedule };
}
