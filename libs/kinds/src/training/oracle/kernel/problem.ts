import { priceSlot, type Book, BANDWIDTH_CELL, firstCellOf } from '#mechanism';
import type { TrainingJob } from '../../job.js';

/**
 * One job against the book, as flat numbers: what a worker costs and how many chunks fit, per opened slot and site. Slots are counted
 * from the arrival (t = 0, 1, …); costs are micro-credits as doubles, for comparing only: a payment is computed from payment lines.
 * Filled in place; arrays only grow.
 */
export interface Problem {
  siteCount: number;
  /** All chunks of the job (D). */
  total: number;
  chunkKB: number;
  parameterKB: number;
  /** Chunks per home site. */
  homes: Int32Array;
  /** Workers per chunk, unrounded: E / P. */
  workersPerChunk: number;
  /** Workers that n chunks in one slot at one site need: ceil(E n / P) (V2), n = 0 … total. More than 32 bits hold. */
  workersFor: Float64Array;
  /** Per slot: micro-credits per kB and kB left. */
  alpha: Float64Array;
  budgetKB: Float64Array;
  /** Per slot and site: cost of one worker, cost of the parameter server. */
  workerCost: Float64Array;
  psCost: Float64Array;
  /** Per slot and site: chunks that fit without the parameter server; with it (-1 where it does not fit). */
  room: Int32Array;
  roomBesidePs: Int32Array;
  /** Opened slots. */
  slotCount: number;
  /** Steps counted so far, over all searches: turns of inner loops, a few nanoseconds each (steps.ts). */
  steps: number;
}

/** Workers of one job that a site takes in one slot: what a placement's row holds. */
export const WORKERS_MAX = 2 ** 31 - 1;

/** Ties go to less bandwidth, then to fewer resources (docs/mechanism.md section 6): a price too small to show in any payment. */
const TIE_PER_KB = 1e-9;
const TIE_PER_MILLI = 1e-12;

/** A problem without a job. */
export const createProblem = (): Problem => ({
  siteCount: 0,
  total: 0,
  chunkKB: 0,
  parameterKB: 0,
  workersPerChunk: 0,
  slotCount: 0,
  steps: 0,
  homes: new Int32Array(0),
  workersFor: new Float64Array(0),
  alpha: new Float64Array(0),
  budgetKB: new Float64Array(0),
  workerCost: new Float64Array(0),
  psCost: new Float64Array(0),
  room: new Int32Array(0),
  roomBesidePs: new Int32Array(0),
});

/** At least `length` long; contents are not kept. */
export const int32 = (array: Int32Array, length: number): Int32Array => (array.length >= length ? array : new Int32Array(length * 2));
/** At least `length` long; contents are not kept. */
export const float64 = (array: Float64Array, length: number): Float64Array =>
  array.length >= length ? array : new Float64Array(length * 2);

/** Begins a job: no slot is open yet. */
export function loadJob(problem: Problem, book: Book, job: TrainingJob): void {
  const { siteCount, slotCount } = book;
  problem.siteCount = siteCount;
  problem.slotCount = 0;
  problem.chunkKB = book.spec.chunkKB;
  problem.parameterKB = job.parameterKB;
  problem.homes = int32(problem.homes, siteCount);
  problem.total = 0;
  for (let site = 0; site < siteCount; site++) {
    problem.homes[site] = job.chunks[site];
    problem.total += job.chunks[site];
  }
  problem.workersFor = float64(problem.workersFor, problem.total + 1);
  const perChunk = job.epochs * 1000;
  problem.workersPerChunk = perChunk / job.throughputMilli;
  for (let n = 0; n <= problem.total; n++) problem.workersFor[n] = Math.ceil((n * perChunk) / job.throughputMilli);
  const cells = siteCount * slotCount;
  problem.alpha = float64(problem.alpha, slotCount);
  problem.budgetKB = float64(problem.budgetKB, slotCount);
  problem.workerCost = float64(problem.workerCost, cells);
  problem.psCost = float64(problem.psCost, cells);
  problem.room = int32(problem.room, cells);
  problem.roomBesidePs = int32(problem.roomBesidePs, cells);
}

/** Chunks that so many workers can take in a slot. */
const chunksOf = ({ throughputMilli, epochs }: TrainingJob, total: number, workers: number): number =>
  workers === 0 ? 0 : Math.min(total, Math.floor((workers * throughputMilli) / (epochs * 1000)));

/** Steps of reading a slot and of its plain floor. */
export const slotSteps = ({ siteCount, resourceCount }: Pick<Book, 'siteCount' | 'resourceCount'>): number =>
  siteCount * (resourceCount + 8) + 8;

/**
 * Opens the next slot: its prices and what is left of it. Every bid comes through here for many slots, most of them full, so that it
 * divides only where a resource is what limits the workers.
 * @param at where the slot's cells begin in the book.
 */
export function loadSlot(problem: Problem, book: Book, job: TrainingJob, at: number): void {
  const { siteCount, workersFor, total } = problem;
  const { capacity, used, price, resourceCount } = book;
  const row = book.capacityAt[at / book.stride];
  const { workerMilli, psMilli } = job;
  const most = Math.min(workersFor[total], WORKERS_MAX);
  const priced = book.meter.steps;
  priceSlot(book, at);
  problem.steps += slotSteps(book) + book.meter.steps - priced;
  const t = problem.slotCount++;
  problem.alpha[t] = price[at + BANDWIDTH_CELL] / 1000 + TIE_PER_KB;
  problem.budgetKB[t] = capacity[row + BANDWIDTH_CELL] - used[at + BANDWIDTH_CELL];
  for (let site = 0, cell = firstCellOf(0, resourceCount), place = t * siteCount; site < siteCount; site++, place++) {
    let worker = 0;
    let ps = 0;
    let workers = most; // that fit without the parameter server, and beside it
    let beside = most;
    for (let k = 0; k < resourceCount; k++, cell++) {
      const each = workerMilli[k];
      const server = psMilli[k];
      const perMilli = price[at + cell] / 1000 + TIE_PER_MILLI;
      worker += perMilli * each;
      ps += perMilli * server;
      const free = capacity[row + cell] - used[at + cell];
      if (free < workers * each) workers = Math.floor(free / each);
      if (free < server) beside = -1;
      else if (free - server < beside * each) beside = Math.floor((free - server) / each);
    }
    problem.workerCost[place] = worker;
    problem.psCost[place] = ps;
    problem.room[place] = chunksOf(job, total, workers);
    problem.roomBesidePs[place] = beside < 0 ? -1 : chunksOf(job, total, beside);
  }
}

/** Whether two slots offer the same to this job. */
export function sameSlot(problem: Problem, a: number, b: number): boolean {
  if (problem.alpha[a] !== problem.alpha[b] || problem.budgetKB[a] !== problem.budgetKB[b]) return false;
  for (let site = 0, i = a * problem.siteCount, j = b * problem.siteCount; site < problem.siteCount; site++, i++, j++) {
    if (problem.workerCost[i] !== problem.workerCost[j] || problem.psCost[i] !== problem.psCost[j]) return false;
    if (problem.room[i] !== problem.room[j] || problem.roomBesidePs[i] !== problem.roomBesidePs[j]) return false;
  }
  return true;
}
