import { BANDWIDTH_CELL, firstCellOf } from '#mechanism';
import { at } from '#units';
import type { TrainingJob, Schedule, SlotPlan } from './job.js';
import type { PlanClaim, Violation } from '../kind.js';

/** A rule of the model that a schedule breaks (docs/mechanism.md). */
export interface ScheduleViolation extends Violation {
  readonly rule: 'V1' | 'V2' | 'V3' | 'V4' | 'V5' | 'V6';
}

/** A schedule as it is claimed for a training job. */
export interface ScheduleClaim extends Omit<PlanClaim<TrainingJob, Schedule>, 'plan'> {
  readonly schedule: Schedule;
}

/**
 * Checks a schedule against V1-V6 from their definition, in whole numbers, sharing no code with any oracle.
 * @returns every violation found, none for a valid schedule. Malformed numbers (fractions, negative counts, wrong lengths) are reported
 * first and alone, under the rule that speaks of them.
 */
export function validateSchedule(claim: ScheduleClaim): ScheduleViolation[] {
  const malformed = claim.schedule.flatMap((plan) => shapeViolations(claim, plan));
  if (malformed.length > 0) return malformed;
  return [
    ...coverageViolations(claim),
    ...claim.schedule.flatMap((plan) => [...workerViolations(claim, plan), ...serverViolations(plan)]),
    ...repeatedSlots(claim.schedule),
    ...claim.schedule.flatMap((plan) => [...capacityViolations(claim, plan), ...bandwidthViolations(claim, plan)]),
    ...timeViolations(claim),
  ];
}

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;

/** Whole, non-negative numbers and one entry per site: what the rules below rely on. */
function shapeViolations({ spec }: ScheduleClaim, { slot, ps, workers, moves, home }: SlotPlan): ScheduleViolation[] {
  const sites = spec.sites.length;
  const isSite = (site: number): boolean => isCount(site) && site < sites;
  const found: ScheduleViolation[] = [];
  const expect = (holds: boolean, rule: ScheduleViolation['rule'], detail: string): void => {
    if (!holds) found.push({ rule, slot, detail });
  };
  expect(isCount(slot), 'V6', 'the slot is not a whole number');
  expect(isSite(ps), 'V3', `there is no site ${ps} for the parameter server`);
  expect(workers.length === sites && workers.every(isCount), 'V2', 'workers are not one whole number per site');
  expect(home.length === sites && home.every(isCount), 'V1', 'chunks trained at home are not one whole number per site');
  for (const move of moves) {
    expect(isSite(move.home) && isSite(move.place) && isCount(move.chunks), 'V1', `move ${JSON.stringify(move)} is malformed`);
    expect(move.home !== move.place, 'V1', `a move from site ${move.home} to itself`);
  }
  return found;
}

const total = (counts: readonly number[]): bigint => counts.reduce((sum, count) => sum + BigInt(count), 0n);

/** V1: every chunk of every home site is trained exactly once. */
function coverageViolations({ job, schedule }: ScheduleClaim): ScheduleViolation[] {
  return job.chunks.flatMap((chunks, site): ScheduleViolation[] => {
    const atHome = total(schedule.map((plan) => at(plan.home, site)));
    const moved = total(schedule.flatMap((plan) => plan.moves).map((move) => (move.home === site ? move.chunks : 0)));
    const trained = atHome + moved;
    return trained === BigInt(chunks) ? [] : [{ rule: 'V1', detail: `site ${site} has ${chunks} chunks, ${trained} are trained` }];
  });
}

/** V2: throughput times workers is enough for the chunks at each place, for all epochs. */
function workerViolations({ job }: ScheduleClaim, { slot, workers, moves, home }: SlotPlan): ScheduleViolation[] {
  return workers.flatMap((count, place): ScheduleViolation[] => {
    const chunks = BigInt(at(home, place)) + total(moves.map((move) => (move.place === place ? move.chunks : 0)));
    const done = BigInt(job.throughputMilli) * BigInt(count);
    const needed = BigInt(job.epochs) * chunks * 1000n;
    return done >= needed ? [] : [{ rule: 'V2', slot, detail: `${count} workers at site ${place} are too few for ${chunks} chunks` }];
  });
}

/** V3: a slot with a parameter server has workers. That it has only one is the shape of a plan, and no slot may have two plans. */
function serverViolations({ slot, workers }: SlotPlan): ScheduleViolation[] {
  return total(workers) > 0n ? [] : [{ rule: 'V3', slot, detail: 'a parameter server in a slot without workers' }];
}

function repeatedSlots(schedule: Schedule): ScheduleViolation[] {
  const slots = schedule.map((plan) => plan.slot);
  return slots.flatMap((slot, index): ScheduleViolation[] =>
    slots.indexOf(slot) < index ? [{ rule: 'V3', slot, detail: 'the slot has two plans' }] : [],
  );
}

/** V4: workers and the parameter server fit in what is left of each resource of each site. */
function capacityViolations({ spec, usage, capacity, job }: ScheduleClaim, { slot, ps, workers }: SlotPlan): ScheduleViolation[] {
  const used = usage(slot);
  const own = capacity?.(slot);
  return spec.sites.flatMap(({ capacityMilli }, site) =>
    capacityMilli.flatMap((usual, k): ScheduleViolation[] => {
      const cell = firstCellOf(site, spec.resources.length) + k;
      const free = BigInt(own ? at(own, cell) : usual) - BigInt(used[cell] ?? 0);
      const taken = BigInt(at(workers, site)) * BigInt(at(job.workerMilli, k)) + (ps === site ? BigInt(at(job.psMilli, k)) : 0n);
      const fits = taken === 0n || taken <= free;
      return fits ? [] : [{ rule: 'V4', slot, detail: `site ${site}: ${taken} of ${spec.resources[k]} (milli) where ${free} are left` }];
    }),
  );
}

/** V5: moved chunks and the parameters of workers away from the server fit in what is left of the slot's bandwidth. */
function bandwidthViolations({ spec, usage, capacity, job }: ScheduleClaim, { slot, ps, workers, moves }: SlotPlan): ScheduleViolation[] {
  const moved = total(moves.map((move) => move.chunks)) * BigInt(spec.chunkKB);
  const away = (total(workers) - BigInt(at(workers, ps))) * BigInt(job.parameterKB);
  const inAll = capacity ? at(capacity(slot), BANDWIDTH_CELL) : spec.bandwidthKB;
  const free = BigInt(inAll) - BigInt(usage(slot)[BANDWIDTH_CELL] ?? 0);
  const fits = moved + away === 0n || moved + away <= free;
  return fits ? [] : [{ rule: 'V5', slot, detail: `${moved + away} kB between sites where ${free} are left` }];
}

/** V6: nothing before arrival or beyond the horizon, slots ascend, and completion is the last slot with a worker. */
function timeViolations({
  spec,
  arrival,
  schedule,
  completion,
  horizonEnd = arrival + spec.slotCount,
}: ScheduleClaim): ScheduleViolation[] {
  const slots = schedule.map((plan) => plan.slot);
  const found: ScheduleViolation[] = slots.flatMap((slot, index): ScheduleViolation[] => [
    ...(slot < arrival ? [{ rule: 'V6' as const, slot, detail: `before the arrival in slot ${arrival}` }] : []),
    ...(slot >= horizonEnd ? [{ rule: 'V6' as const, slot, detail: `beyond the last slot ${horizonEnd - 1}` }] : []),
    ...(index > 0 && slot < at(slots, index - 1) ? [{ rule: 'V6' as const, slot, detail: 'slots do not ascend' }] : []),
  ]);
  const last = schedule.filter((plan) => plan.workers.some((count) => count > 0)).at(-1)?.slot;
  if (last !== completion)
    found.push({ rule: 'V6', detail: `completion is claimed in slot ${completion}, the last worker is in slot ${last ?? 'none'}` });
  return found;
}
