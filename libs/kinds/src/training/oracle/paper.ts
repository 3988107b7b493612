import { slotOffset, type Book } from '#mechanism';
import { invariant } from '#units';
import type { TrainingJob, Schedule } from '../job.js';
import { createFloor, floorOfSlot, resetFloor } from './kernel/floor.js';
import { createOmega, omegaCost, sortPairs, writeRow, type Omega } from './kernel/omega.js';
import { createPlan, keepAtHome, resetPlan, scheduleOf, type Plan } from './kernel/plan.js';
import { createProblem, float64, int32, loadJob, loadSlot, type Problem } from './kernel/problem.js';
import { TRAINING_ANSWERS } from './answers.js';
import type { ScheduleSearch, TrainingOracle } from './oracle.js';

/**
 * The paper's dynamic program (Algorithm 2), with a base case and with a state that knows whose chunks are left: chunks are taken in one
 * fixed order that mixes the homes in proportion, so that "b blocks done" says which. least[t][b]: the first b blocks by slot t.
 */
interface Table {
  grain: number;
  blocks: number;
  /** Home of each chunk in the fixed order. */
  home: Int32Array;
  least: Float64Array;
  /** Blocks done before slot t in least[t][b]; b itself: the slot is idle. */
  before: Int32Array;
}

/** The paper's program takes blocks squared greedy slots: jobs of more chunks are cut into this many blocks. */
const BLOCKS_MAX = 50;

interface Workspace {
  readonly problem: Problem;
  readonly omega: Omega;
  readonly plan: Plan;
  readonly table: Table;
}

/** Orders the chunks so that every stretch mixes the homes in proportion. */
function orderChunks({ problem, table }: Workspace): void {
  const { siteCount, total, homes } = problem;
  const taken = new Int32Array(siteCount);
  table.home = int32(table.home, total);
  for (let chunk = 0; chunk < total; chunk++) {
    let next = -1;
    for (let site = 0; site < siteCount; site++) {
      if (taken[site] === homes[site]) continue;
      if (next < 0 || (taken[site] + 0.5) * homes[next] < (taken[next] + 0.5) * homes[site]) next = site;
    }
    table.home[chunk] = next;
    taken[next]++;
  }
}

/** Puts the chunks of blocks [from, to) into the slot's homes. */
function takeBlocks({ problem, omega, table }: Workspace, from: number, to: number): void {
  omega.homes.fill(0, 0, problem.siteCount);
  for (let chunk = from * table.grain; chunk < Math.min(to * table.grain, problem.total); chunk++) omega.homes[table.home[chunk]]++;
}

function extendTable(work: Workspace, t: number): void {
  const { problem, omega, table } = work;
  const width = table.blocks + 1;
  const now = t * width;
  sortPairs(problem, omega, t);
  for (let b = 0; b < width; b++) {
    table.least[now + b] = t > 0 ? table.least[now - width + b] : b === 0 ? 0 : Infinity;
    table.before[now + b] = b;
  }
  for (let from = 0; from < table.blocks; from++) {
    const base = t > 0 ? table.least[now - width + from] : from === 0 ? 0 : Infinity;
    for (let to = from + 1; to < width && base < Infinity; to++) {
      takeBlocks(work, from, to);
      const cost = base + omegaCost(problem, omega, t);
      if (cost >= table.least[now + to]) continue;
      table.least[now + to] = cost;
      table.before[now + to] = from;
    }
  }
}

/** Reads the plan that ends at the last opened slot. @returns whether there is one. */
function readTable(work: Workspace): boolean {
  const { problem, omega, plan, table } = work;
  const width = table.blocks + 1;
  const last = problem.slotCount - 1;
  if (table.before[last * width + table.blocks] === table.blocks) return false;
  plan.length = 0;
  for (let t = last, b = table.blocks; b > 0; b = table.before[t-- * width + b]) if (table.before[t * width + b] < b) plan.length++;
  for (let t = last, b = table.blocks, row = plan.length - 1; b > 0; t--) {
    const before = table.before[t * width + b];
    if (before === b) continue;
    sortPairs(problem, omega, t);
    takeBlocks(work, before, b);
    invariant(omegaCost(problem, omega, t) < Infinity, 'a slot of the table can be scheduled again');
    writeRow(problem, omega, plan, row--, t);
    b = before;
  }
  keepAtHome(problem, plan);
  return true;
}

/** The oracle of the paper (Algorithms 2 and 3) with the repairs of docs/mechanism.md section 6: what it accepts is valid; it may refuse more and pay more. */
export function createPaperOracle(): TrainingOracle {
  const table: Table = { grain: 1, blocks: 0, home: new Int32Array(0), least: new Float64Array(0), before: new Int32Array(0) };
  const floor = createFloor();
  const work: Workspace = { problem: createProblem(), omega: createOmega(), plan: createPlan(), table };
  return {
    ...TRAINING_ANSWERS,
    name: 'paper',
    open(book: Book, job: TrainingJob, arrival: number): ScheduleSearch {
      const { problem, plan } = work;
      const slotsMax = book.baseSlot + book.slotCount - arrival;
      invariant(slotsMax > 0, 'arrival lies in the window');
      loadJob(problem, book, job);
      resetPlan(plan, problem, slotsMax);
      table.grain = Math.ceil(problem.total / BLOCKS_MAX);
      table.blocks = Math.ceil(problem.total / table.grain);
      table.least = float64(table.least, slotsMax * (table.blocks + 1));
      table.before = int32(table.before, slotsMax * (table.blocks + 1));
      orderChunks(work);
      resetFloor(floor, problem, Infinity);
      let tabled = 0;
      return {
        advance(): number {
          loadSlot(problem, book, job, slotOffset(book, arrival + problem.slotCount));
          return floorOfSlot(problem, floor, problem.slotCount - 1);
        },
        floor: () => floor.least,
        bound(): number {
          for (; tabled < problem.slotCount; tabled++) extendTable(work, tabled);
          const least = table.least[tabled * (table.blocks + 1) - 1];
          return least === Infinity ? Infinity : Math.max(0, least - problem.total * problem.chunkKB * maxAlpha(problem));
        },
        plan: (): Schedule | undefined => (readTable(work) ? scheduleOf(problem, plan, arrival) : undefined),
      };
    },
  };
}

/** Dearest bandwidth of the opened slots, micro-credits per kB: bounds what keeping chunks at home can give back. */
function maxAlpha({ alpha, slotCount }: Problem): number {
  let most = 0;
  for (let t = 0; t < slotCount; t++) most = Math.max(most, alpha[t]);
  return most;
}
