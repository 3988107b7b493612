import type { Problem } from './problem.js';
import { estimateServer } from './spread.js';

/** The two sites of a slot that promise most as the parameter server's: the cheapest by estimate, and the one that lets most chunks in. */
export interface Servers {
  /** -1: the server fits nowhere. */
  cheapest: number;
  roomiest: number;
  /** For each of the sites, where they are few: no fill around a server there places more chunks than this. */
  readonly most: Float64Array;
}

/** The most sites for which `most` is told. */
export const SERVERS_MAX = 16;

/** Servers of no slot yet. */
export const createServers = (): Servers => ({ cheapest: -1, roomiest: -1, most: new Float64Array(SERVERS_MAX) });

/** Less than one by more than whatever rounding there is in workers per chunk. */
const BELOW_ONE = 1 - 1e-9;

/** @param left chunks per home that are still to be trained; @param limit chunks that are wanted. */
export function chooseServers(problem: Problem, servers: Servers, t: number, left: Int32Array, limit: number): void {
  const { siteCount, room, roomBesidePs, workerCost } = problem;
  const base = t * siteCount;
  let rooms = 0;
  let homes = 0;
  let cheapestWorker = Infinity;
  for (let site = 0, at = base; site < siteCount; site++, at++) {
    rooms += room[at];
    homes += Math.min(room[at], left[site]);
    if (room[at] > 0 && workerCost[at] < cheapestWorker) cheapestWorker = workerCost[at];
  }
  servers.cheapest = -1;
  servers.roomiest = -1;
  let leastCost = Infinity;
  let mostChunks = -1;
  let costOfRoomiest = Infinity;
  problem.steps += 6 * siteCount;
  const perChunk = problem.workersFor[problem.total] / problem.total;
  for (let site = 0, at = base; site < siteCount; site++, at++) {
    if (roomBesidePs[at] < 0) continue;
    const cost = estimateServer(problem, t, site, cheapestWorker);
    if (cost < leastCost || servers.cheapest < 0) {
      leastCost = cost;
      servers.cheapest = site;
    }
    const homesElsewhere = homes - Math.min(room[at], left[site]);
    const chunks = Math.min(limit, reachOf(problem, t, site, perChunk, left[site], homesElsewhere, rooms - room[at]));
    if (siteCount <= SERVERS_MAX)
      servers.most[site] = reachOf(problem, t, site, problem.workersPerChunk * BELOW_ONE, left[site], homesElsewhere, rooms - room[at]);
    if (chunks > mostChunks || (chunks === mostChunks && cost < costOfRoomiest)) {
      mostChunks = chunks;
      costOfRoomiest = cost;
      servers.roomiest = site;
    }
  }
}

/** Chunks that the bandwidth lets through with the server at a site, workers not rounded: the least traffic first. */
function reachOf(
  problem: Problem,
  t: number,
  site: number,
  perChunk: number,
  left: number,
  homesElsewhere: number,
  roomElsewhere: number,
): number {
  const beside = problem.roomBesidePs[t * problem.siteCount + site];
  const movedKB = problem.chunkKB;
  const awayKB = problem.parameterKB * perChunk;
  const own = Math.min(beside, left);
  const isMovedFirst = movedKB <= awayKB;
  const first = passed(problem.budgetKB[t], isMovedFirst ? movedKB : awayKB, isMovedFirst ? beside - own : homesElsewhere);
  let budget = problem.budgetKB[t] - first * (isMovedFirst ? movedKB : awayKB);
  const second = passed(budget, isMovedFirst ? awayKB : movedKB, isMovedFirst ? homesElsewhere : beside - own);
  budget -= second * (isMovedFirst ? awayKB : movedKB);
  return own + first + second + passed(budget, movedKB + awayKB, roomElsewhere - homesElsewhere);
}

/** Chunks of at most `most` that so much traffic each lets through. */
const passed = (budgetKB: number, kB: number, most: number): number => (kB * most <= budgetKB ? most : Math.floor(budgetKB / kB));
