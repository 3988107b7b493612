import type { Plan } from './plan.js';
import { float64, int32, type Problem } from './problem.js';

/**
 * The paper's greedy for one slot (Algorithm 3), repaired: chunks start at home and move along pairs of sites in the order of
 * Omega_{r,q} = theta alpha - (E/P) (worker cost at r - worker cost at q), while it is negative, or as far as rooms force them; workers are
 * rounded up per site; the server sits where most workers are among the sites where it fits beside them.
 */
export interface Omega {
  pairCount: number;
  /** Pairs (home * sites + place) by rising Omega, and their Omega. */
  pairs: Int32Array;
  value: Float64Array;
  /** Chunks of the slot per home, what stays, what is processed per site. */
  homes: Int32Array;
  stays: Int32Array;
  counts: Int32Array;
  server: number;
}

/** Arrays that only grow. */
export const createOmega = (): Omega => ({
  pairCount: 0,
  pairs: new Int32Array(0),
  value: new Float64Array(0),
  homes: new Int32Array(0),
  stays: new Int32Array(0),
  counts: new Int32Array(0),
  server: -1,
});

/** Sorts the pairs of slot t: from homes with chunks to places with room. */
export function sortPairs(problem: Problem, omega: Omega, t: number): void {
  const { siteCount, total, workersFor, workerCost, homes, room } = problem;
  omega.pairs = int32(omega.pairs, siteCount * siteCount);
  omega.value = float64(omega.value, siteCount * siteCount);
  for (const name of ['homes', 'stays', 'counts'] as const) omega[name] = int32(omega[name], siteCount);
  const perChunk = workersFor[total] / total;
  const base = t * siteCount;
  let length = 0;
  for (let home = 0; home < siteCount; home++) {
    if (homes[home] === 0) continue;
    for (let place = 0; place < siteCount; place++) {
      if (place === home || room[base + place] <= 0) continue;
      omega.value[home * siteCount + place] =
        problem.alpha[t] * problem.chunkKB - perChunk * (workerCost[base + home] - workerCost[base + place]);
      omega.pairs[length++] = home * siteCount + place;
    }
  }
  omega.pairCount = length;
  omega.pairs.subarray(0, length).sort((a, b) => omega.value[a] - omega.value[b] || a - b);
}

/** Moves chunks along the sorted pairs: all that pays, then what the rooms force. @returns whether every chunk has room. */
function moveChunks(problem: Problem, omega: Omega, t: number): boolean {
  const { siteCount, room } = problem;
  const { homes, stays, counts } = omega;
  const base = t * siteCount;
  for (let site = 0; site < siteCount; site++) {
    stays[site] = homes[site];
    counts[site] = homes[site];
  }
  for (let i = 0; i < omega.pairCount; i++) {
    const home = Math.floor(omega.pairs[i] / siteCount);
    const place = omega.pairs[i] % siteCount;
    const forced = counts[home] - Math.max(0, room[base + home]);
    const wanted = omega.value[omega.pairs[i]] < 0 ? stays[home] : Math.min(stays[home], forced);
    const moved = Math.min(wanted, room[base + place] - counts[place]);
    if (moved <= 0) continue;
    stays[home] -= moved;
    counts[home] -= moved;
    counts[place] += moved;
  }
  for (let site = 0; site < siteCount; site++) if (counts[site] > Math.max(0, room[base + site])) return false;
  return true;
}

/** The site with most workers (the first on a tie) where the server fits beside them; -1 where it fits nowhere. */
function placeServer(problem: Problem, omega: Omega, t: number): number {
  let server = -1;
  for (let site = 0; site < problem.siteCount; site++) {
    if (problem.roomBesidePs[t * problem.siteCount + site] < omega.counts[site]) continue;
    if (server < 0 || problem.workersFor[omega.counts[site]] > problem.workersFor[omega.counts[server]]) server = site;
  }
  return server;
}

/** Schedules `omega.homes` in slot t. @returns the price in micro-credits, Infinity where it does not fit; leaves counts, stays and server. */
export function omegaCost(problem: Problem, omega: Omega, t: number): number {
  if (!moveChunks(problem, omega, t)) return Infinity;
  const server = placeServer(problem, omega, t);
  if (server < 0) return Infinity;
  omega.server = server;
  const base = t * problem.siteCount;
  let traffic = 0;
  let cost = problem.psCost[base + server];
  for (let site = 0; site < problem.siteCount; site++) {
    const workers = problem.workersFor[omega.counts[site]];
    cost += workers * problem.workerCost[base + site];
    traffic += (omega.counts[site] - omega.stays[site]) * problem.chunkKB + (site === server ? 0 : workers * problem.parameterKB);
  }
  return traffic > problem.budgetKB[t] ? Infinity : cost + traffic * problem.alpha[t];
}

/** Writes the last scheduled slot as a row of a plan. */
export function writeRow(problem: Problem, omega: Omega, plan: Plan, row: number, t: number): void {
  plan.slot[row] = t;
  plan.ps[row] = omega.server;
  for (let site = 0, at = row * problem.siteCount; site < problem.siteCount; site++, at++) {
    plan.counts[at] = omega.counts[site];
    plan.credits[at] = omega.stays[site];
  }
}
