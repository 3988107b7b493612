import { float64, int32, type Problem } from './problem.js';

/**
 * Fills one slot with n = 1, 2, … chunks around a parameter server at `ps`, each next chunk where it is cheapest per chunk: at the
 * server's site or away (parameters over the network), as a home chunk (free to move) or as a moved one. Rounding of workers is exact in
 * the costs and greedy in the order.
 */
export interface Filler {
  /** Sites by worker cost, of the slot given to `sortSites`. */
  order: Int32Array;
  orderLength: number;
  counts: Int32Array;
  touched: Int32Array;
  touchedLength: number;
  /** cost[n] of the last fill, micro-credits; cost[0] = the parameter server. */
  cost: Float64Array;
  /** Whether the bandwidth budget kept the last fill from a chunk that had room. */
  starved: boolean;
}

/** Arrays that only grow. */
export const createFiller = (): Filler => ({
  order: new Int32Array(0),
  orderLength: 0,
  counts: new Int32Array(0),
  touched: new Int32Array(0),
  touchedLength: 0,
  cost: new Float64Array(0),
  starved: false,
});

/** Steps of sorting a slot's sites. */
export const sortingSteps = (siteCount: number): number => siteCount * Math.ceil(2 * Math.log2(siteCount + 1));

/** Sorts the sites with room in slot t by worker cost, the larger home first on a tie (shell sort, in place). */
export function sortSites(problem: Problem, filler: Filler, t: number): void {
  const { siteCount, room, workerCost, homes } = problem;
  const base = t * siteCount;
  filler.order = int32(filler.order, siteCount);
  filler.counts = int32(filler.counts, siteCount);
  filler.touched = int32(filler.touched, siteCount);
  filler.cost = float64(filler.cost, problem.total + 1);
  let length = 0;
  for (let site = 0; site < siteCount; site++) if (room[base + site] > 0) filler.order[length++] = site;
  filler.orderLength = length;
  const order = filler.order;
  problem.steps += sortingSteps(siteCount);
  for (let gap = length >> 1; gap > 0; gap = gap === 2 ? 1 : Math.floor(gap / 2.2)) {
    for (let i = gap; i < length; i++) {
      const site = order[i];
      const cost = workerCost[base + site];
      let at = i;
      for (; at >= gap; at -= gap) {
        const other = order[at - gap];
        const otherCost = workerCost[base + other];
        if (otherCost < cost || (otherCost === cost && (homes[other] > homes[site] || (homes[other] === homes[site] && other < site))))
          break;
        order[at] = other;
      }
      order[at] = site;
    }
  }
}

/** How a slot is filled. */
export interface FillRule {
  /** Chunks per site that are at home there, so that they need no move: site q's at `atHomeFrom + q`. */
  atHome: Int32Array;
  atHomeFrom: number;
  /** Bandwidth so dear that the thriftiest fill comes out; costs are at posted prices all the same. */
  bandwidthFirst: boolean;
}

/** Steps of placing a chunk, and of a fill without any. */
const CHUNK_STEPS = 6;
const FILL_STEPS = 20;

/** Steps that a fill takes at most. */
export const fillSteps = (siteCount: number, chunks: number): number => CHUNK_STEPS * chunks + 2 * siteCount + FILL_STEPS;

const THRIFT = 1e6; // micro-credits per kB, above any bandwidth price that matters

function clearFill(filler: Filler): void {
  for (let i = 0; i < filler.touchedLength; i++) filler.counts[filler.touched[i]] = 0;
  filler.touchedLength = 0;
  filler.starved = false;
}

/**
 * Fills slot t around `ps` with up to `limit` chunks. Fills `filler.cost[0 … n]` and `filler.counts`.
 * @returns n, the chunks that fit under rooms and the slot's bandwidth budget; 0 where the parameter server does not fit.
 */
export function fillSlot(problem: Problem, filler: Filler, t: number, ps: number, rule: FillRule, limit: number): number {
  const { siteCount, workersFor, room, roomBesidePs, workerCost, chunkKB, parameterKB } = problem;
  const { order, counts, cost, touched } = filler;
  const { atHome, atHomeFrom } = rule;
  clearFill(filler);
  const base = t * siteCount;
  const psRoom = roomBesidePs[base + ps];
  if (psRoom < 0) return 0;
  const alpha = problem.alpha[t];
  const felt = rule.bandwidthFirst ? alpha + THRIFT : alpha;
  const perChunk = workersFor[problem.total] / problem.total;
  const moveFelt = felt * chunkKB;
  const awayFelt = felt * parameterKB * perChunk;
  let budget = problem.budgetKB[t];
  cost[0] = problem.psCost[base + ps];
  let homeAt = 0;
  let movedAt = 0;
  let n = 0;
  while (n < limit) {
    while (
      homeAt < filler.orderLength &&
      (order[homeAt] === ps || counts[order[homeAt]] >= Math.min(room[base + order[homeAt]], atHome[atHomeFrom + order[homeAt]]))
    )
      homeAt++;
    while (movedAt < filler.orderLength && (order[movedAt] === ps || counts[order[movedAt]] >= room[base + order[movedAt]])) movedAt++;
    let site = -1;
    let bestFelt = Infinity;
    let moved = 0;
    if (counts[ps] < psRoom) {
      const isMoved = counts[ps] >= atHome[atHomeFrom + ps] ? 1 : 0;
      if (isMoved * chunkKB <= budget) {
        bestFelt = workerCost[base + ps] * perChunk + isMoved * moveFelt;
        site = ps;
        moved = isMoved;
      } else filler.starved = true;
    }
    if (homeAt < filler.orderLength) {
      const feltHere = workerCost[base + order[homeAt]] * perChunk + awayFelt;
      const count = counts[order[homeAt]];
      if ((workersFor[count + 1] - workersFor[count]) * parameterKB > budget) filler.starved = true;
      else if (feltHere < bestFelt) {
        bestFelt = feltHere;
        site = order[homeAt];
        moved = 0;
      }
    }
    if (movedAt < filler.orderLength) {
      const at = order[movedAt];
      const count = counts[at];
      const isMoved = count >= atHome[atHomeFrom + at] ? 1 : 0;
      const feltHere = workerCost[base + at] * perChunk + awayFelt + isMoved * moveFelt;
      if ((workersFor[count + 1] - workersFor[count]) * parameterKB + isMoved * chunkKB > budget) filler.starved = true;
      else if (feltHere < bestFelt) {
        site = at;
        moved = isMoved;
      }
    }
    if (site < 0) break;
    const count = counts[site]++;
    if (count === 0) touched[filler.touchedLength++] = site;
    const workers = workersFor[count + 1] - workersFor[count];
    const traffic = moved * chunkKB + (site === ps ? 0 : workers * parameterKB);
    budget -= traffic;
    cost[n + 1] = cost[n] + workers * workerCost[base + site] + traffic * alpha;
    n++;
  }
  problem.steps += CHUNK_STEPS * n + homeAt + movedAt + FILL_STEPS;
  return n;
}
