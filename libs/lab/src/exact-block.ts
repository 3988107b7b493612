import type { Schedule, SlotPlan, TrainingJob } from '#kinds';
import { firstCellOf, type MarketSpec, ownerOfCell } from '#mechanism';
import { at } from '#units';
import type { Milp } from './milp.js';

/** What a job may use of one slot: free milli-units per cell, and what a unit costs (credits per milli-unit; absent: nothing has a price). */
export interface SlotOffer {
  readonly slot: number;
  readonly freeMilli: readonly number[];
  readonly costPerMilli?: readonly number[] | undefined;
}

/** The variables of one job in one slot. */
export interface SlotVariables {
  readonly slot: number;
  /** Per site: workers, parameter server (0 or 1), workers beside the server. */
  readonly workers: readonly number[];
  readonly ps: readonly number[];
  readonly beside: readonly number[];
  /** chunks[home][place]. */
  readonly chunks: readonly (readonly number[])[];
}

/** The rows and columns of one job in a program. */
export interface JobBlock {
  readonly slots: readonly SlotVariables[];
}

interface BlockInput {
  readonly spec: MarketSpec;
  readonly job: TrainingJob;
  readonly offers: readonly SlotOffer[];
  /** The variable that says whether the job runs at all; absent: it must. */
  readonly runs?: readonly number[];
}

/** Adds a job to a programme: V1-V3 and its own demand, not the shared capacity (`demandTerms`). */
export function addJob(milp: Milp, input: BlockInput): JobBlock {
  const slots = input.offers.map((offer) => addSlot(milp, input, offer));
  input.job.chunks.forEach((chunks, home) => {
    const trained = slots.flatMap((slot) => at(slot.chunks, home).map((variable) => [variable, 1] as const));
    const wanted = (input.runs ?? []).map((runs) => [runs, -chunks] as const);
    const exactly = input.runs ? 0 : chunks;
    milp.row({ lower: exactly, upper: exactly, terms: [...trained, ...wanted] });
  });
  return { slots };
}

function addSlot(milp: Milp, { spec, job }: BlockInput, offer: SlotOffer): SlotVariables {
  const most = spec.sites.map((_, site) => workersMax(spec, job, { offer, site }));
  const costOf = (cell: number, milli: number): number => (offer.costPerMilli?.[cell] ?? 0) * milli;
  const perSite = (milli: readonly number[], site: number): number =>
    milli.reduce((cost, amount, k) => cost + costOf(cellOf(spec, site, k), amount), 0);
  const parameters = costOf(0, job.parameterKB);
  const slot: SlotVariables = {
    slot: offer.slot,
    workers: most.map((upper, site) => milp.variable({ cost: perSite(job.workerMilli, site) + parameters, upper })),
    ps: spec.sites.map((_, site) => milp.variable({ cost: perSite(job.psMilli, site), upper: 1 })),
    beside: most.map((upper) => milp.variable({ cost: -parameters, upper, whole: false })),
    chunks: job.chunks.map((chunks, home) =>
      spec.sites.map((_, place) =>
        milp.variable({ cost: home === place ? 0 : costOf(0, spec.chunkKB), upper: most[place] === 0 ? 0 : chunks }),
      ),
    ),
  };
  addSlotRows(milp, { job, slot, most });
  return slot;
}

function addSlotRows(milp: Milp, { job, slot, most }: { job: TrainingJob; slot: SlotVariables; most: readonly number[] }): void {
  const anyServer = slot.ps.map((ps) => [ps, 1] as const);
  milp.row({ upper: 1, terms: anyServer }); // V3: one server
  most.forEach((limit, site) => {
    const placed = slot.chunks.map((row) => [at(row, site), -job.epochs * 1000] as const);
    milp.row({ lower: 0, terms: [[at(slot.workers, site), job.throughputMilli], ...placed] }); // V2
    milp.row({ upper: 0, terms: [[at(slot.workers, site), 1], ...anyServer.map(([ps]) => [ps, -limit] as const)] }); // V3: workers have a server
    milp.row({
      upper: 0,
      terms: [
        [at(slot.beside, site), 1],
        [at(slot.workers, site), -1],
      ],
    });
    milp.row({
      upper: 0,
      terms: [
        [at(slot.beside, site), 1],
        [at(slot.ps, site), -limit],
      ],
    });
  });
}

/** The cell of a site's resource. */
export const cellOf = (spec: MarketSpec, site: number, k: number): number => firstCellOf(site, spec.resources.length) + k;

/** Workers that a site can hold, and no more than all chunks need. */
function workersMax(spec: MarketSpec, job: TrainingJob, { offer, site }: { offer: SlotOffer; site: number }): number {
  const chunks = job.chunks.reduce((sum, count) => sum + count, 0);
  const needed = Math.ceil((chunks * job.epochs * 1000) / Math.max(1, job.throughputMilli));
  const held = job.workerMilli.map((milli, k) => (milli === 0 ? needed : Math.floor(at(offer.freeMilli, cellOf(spec, site, k)) / milli)));
  return Math.max(0, Math.min(needed, ...held));
}

/** What the job takes of one cell of a slot, in thousands of milli-units (units, MB): the terms of a capacity row. */
export function demandTerms(spec: MarketSpec, job: TrainingJob, { slot, cell }: { slot: SlotVariables; cell: number }): [number, number][] {
  const { site, kind } = ownerOfCell(cell, spec.resources.length);
  if (site === null) {
    const moved = slot.chunks.flatMap((row, home) =>
      row.flatMap((variable, place): [number, number][] => (home === place ? [] : [[variable, spec.chunkKB / 1000]])),
    );
    const away = slot.workers.flatMap((variable, site): [number, number][] => [
      [variable, job.parameterKB / 1000],
      [at(slot.beside, site), -job.parameterKB / 1000],
    ]);
    return [...moved, ...away];
  }
  const k = kind - 1;
  return [
    [at(slot.workers, site), at(job.workerMilli, k) / 1000],
    [at(slot.ps, site), at(job.psMilli, k) / 1000],
  ];
}

/** The schedule that a solution describes: whole numbers again, slots without workers left out. */
export function scheduleOf({ slots }: JobBlock, values: Float64Array): Schedule {
  const count = (variable: number): number => Math.round(at(values, variable)) + 0; // + 0: never -0
  return slots.flatMap((slot): SlotPlan[] => {
    const workers = slot.workers.map(count);
    if (workers.every((amount) => amount === 0)) return [];
    const moves = slot.chunks.flatMap((row, home) =>
      row.flatMap((variable, place) => (home !== place && count(variable) > 0 ? [{ home, place, chunks: count(variable) }] : [])),
    );
    const home = slot.chunks.map((row, site) => count(at(row, site)));
    return [{ slot: slot.slot, ps: slot.ps.findIndex((variable) => count(variable) === 1), workers, moves, home }];
  });
}
