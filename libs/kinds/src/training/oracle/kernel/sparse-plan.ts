import { invariant } from '#units';
import type { Move, Schedule, SlotPlan } from '../../job.js';
import { float64, int32, type Problem } from './problem.js';
import type { SiteFill } from './site-fill.js';

/** A plan as plan.ts has it, for markets where most sites of a row are idle: entries only where chunks are processed. Rows in any order. */
export interface SparsePlan {
  length: number;
  cost: number;
  /** Chunks that it trains, and its last slot. */
  chunks: number;
  last: number;
  slot: Int32Array;
  ps: Int32Array;
  /** Where each row's entries begin; row i ends where row i + 1 begins. */
  from: Int32Array;
  site: Int32Array;
  count: Int32Array;
  kept: Int32Array;
}

/** Arrays that only grow. */
export const createSparsePlan = (): SparsePlan => ({
  length: 0,
  cost: Infinity,
  chunks: 0,
  last: -1,
  slot: new Int32Array(0),
  ps: new Int32Array(0),
  from: new Int32Array(0),
  site: new Int32Array(0),
  count: new Int32Array(0),
  kept: new Int32Array(0),
});

/** Begins a job: the plan is empty. */
export function resetSparsePlan(plan: SparsePlan, { total }: Problem, slotsMax: number): void {
  const rows = Math.min(slotsMax, total);
  for (const name of ['slot', 'ps'] as const) plan[name] = int32(plan[name], rows);
  plan.from = int32(plan.from, rows + 1);
  for (const name of ['site', 'count', 'kept'] as const) plan[name] = int32(plan[name], total);
  clearSparsePlan(plan);
}

/** No rows, nothing to pay. */
export function clearSparsePlan(plan: SparsePlan): void {
  plan.length = 0;
  plan.cost = 0;
  plan.chunks = 0;
  plan.last = -1;
  plan.from[0] = 0;
}

/** Adds the last fill of slot t as a row, and takes what it keeps at home off `left`. */
export function addRow(plan: SparsePlan, fill: SiteFill, t: number, ps: number, left: Int32Array): void {
  const row = plan.length++;
  plan.slot[row] = t;
  plan.ps[row] = ps;
  let at = plan.from[row];
  for (let i = 0; i < fill.length; i++, at++) {
    plan.site[at] = fill.site[i];
    plan.count[at] = fill.count[i];
    plan.kept[at] = fill.kept[i];
    left[fill.site[i]] -= fill.kept[i];
  }
  plan.from[row + 1] = at;
  plan.cost += fill.cost;
  plan.chunks += fill.chunks;
  if (t > plan.last) plan.last = t;
}

/** Copies a plan to `to`, which has room for it. */
export function copySparsePlan(from: SparsePlan, to: SparsePlan): void {
  to.length = from.length;
  to.cost = from.cost;
  to.chunks = from.chunks;
  to.last = from.last;
  const entries = from.from[from.length];
  for (const name of ['slot', 'ps'] as const) to[name].set(from[name].subarray(0, from.length));
  to.from.set(from.from.subarray(0, from.length + 1));
  for (const name of ['site', 'count', 'kept'] as const) to[name].set(from[name].subarray(0, entries));
}

/** Scratch for sorting: an order of keys. */
export interface Ordering {
  order: Int32Array;
  key: Float64Array;
}

/** Arrays that only grow. */
export const createOrdering = (): Ordering => ({ order: new Int32Array(0), key: new Float64Array(0) });

/** Makes room for so many. */
export function reserveOrdering(ordering: Ordering, length: number): void {
  ordering.order = int32(ordering.order, length);
  ordering.key = float64(ordering.key, length);
}

/** Sorts `order[0 … length)` by rising `key` of what it names, the smaller name first on a tie (shell sort, in place). */
export function sortByKey({ order, key }: Ordering, length: number): void {
  for (let gap = length >> 1; gap > 0; gap = gap === 2 ? 1 : Math.floor(gap / 2.2)) {
    for (let i = gap; i < length; i++) {
      const one = order[i];
      let at = i;
      for (; at >= gap && (key[order[at - gap]] > key[one] || (key[order[at - gap]] === key[one] && order[at - gap] > one)); at -= gap)
        order[at] = order[at - gap];
      order[at] = one;
    }
  }
}

/**
 * A plan as a schedule, slots ascending: chunks beyond a site's own come from homes that are not covered yet, in site order (as scheduleOf
 * of plan.ts). A site takes in chunks only after its own are all kept, so that none both sends and receives.
 */
export function sparseScheduleOf({ siteCount, homes, workersFor }: Problem, plan: SparsePlan, firstSlot: number): Schedule {
  const left: number[] = [];
  for (let site = 0; site < siteCount; site++) left.push(homes[site]);
  for (let at = 0; at < plan.from[plan.length]; at++) left[plan.site[at]] -= plan.kept[at];
  const rows = Array.from({ length: plan.length }, (_, row) => row).sort((a, b) => plan.slot[a] - plan.slot[b]);
  let home = 0;
  return rows.map((row): SlotPlan => {
    const workers = new Array<number>(siteCount).fill(0);
    const kept = new Array<number>(siteCount).fill(0);
    const moves: Move[] = [];
    for (let at = plan.from[row]; at < plan.from[row + 1]; at++) {
      const place = plan.site[at];
      workers[place] = workersFor[plan.count[at]];
      kept[place] = plan.kept[at];
      for (let need = plan.count[at] - plan.kept[at]; need > 0;) {
        while (left[home] === 0) home++;
        invariant(home !== place, 'no site both sends and receives');
        const chunks = Math.min(need, left[home]);
        moves.push({ home, place, chunks });
        left[home] -= chunks;
        need -= chunks;
      }
    }
    return { slot: firstSlot + plan.slot[row], ps: plan.ps[row], workers, moves, home: kept };
  });
}
