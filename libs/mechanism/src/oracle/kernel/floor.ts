import { float64, int32, type Problem } from './problem.js';

/**
 * The least that any schedule could cost by the slots seen so far, cheaply: all chunks on the cheapest workers with room, rounding,
 * bandwidth, homes and all servers but the cheapest one left out. Keeps the cheapest (slot, site) cells that together hold the job.
 */
export interface Floor {
  length: number;
  /** Per cell, by rising price: micro-credits per chunk, and chunks that fit. */
  price: Float64Array;
  room: Int32Array;
  /** Chunks that the kept cells hold. */
  held: number;
  server: number;
}

export const createFloor = (): Floor => ({ length: 0, price: new Float64Array(0), room: new Int32Array(0), held: 0, server: Infinity });

export function resetFloor(floor: Floor, problem: Problem): void {
  floor.length = 0;
  floor.held = 0;
  floor.server = Infinity;
  floor.price = float64(floor.price, problem.total + problem.siteCount + 1);
  floor.room = int32(floor.room, problem.total + problem.siteCount + 1);
}

/** Looks at slot t. @returns the floor by then, micro-credits; Infinity where the job cannot fit. */
export function floorOfSlot(problem: Problem, floor: Floor, t: number): number {
  const { siteCount, total, room, roomBesidePs, workerCost, psCost } = problem;
  for (let site = 0, at = t * siteCount; site < siteCount; site++, at++) {
    if (roomBesidePs[at] >= 0 && psCost[at] < floor.server) floor.server = psCost[at];
    if (room[at] > 0) addCell(floor, total, workerCost[at] * problem.workersPerChunk, room[at]);
  }
  if (floor.held < total) return Infinity;
  let cost = floor.server;
  for (let i = 0, left = total; i < floor.length; i++) {
    cost += Math.min(left, floor.room[i]) * floor.price[i];
    left -= Math.min(left, floor.room[i]);
  }
  return cost;
}

function addCell(floor: Floor, total: number, price: number, room: number): void {
  if (floor.held >= total && price >= floor.price[floor.length - 1]) return;
  let at = floor.length++;
  for (; at > 0 && floor.price[at - 1] > price; at--) {
    floor.price[at] = floor.price[at - 1];
    floor.room[at] = floor.room[at - 1];
  }
  floor.price[at] = price;
  floor.room[at] = room;
  floor.held += room;
  while (floor.held - floor.room[floor.length - 1] >= total) floor.held -= floor.room[--floor.length];
}
