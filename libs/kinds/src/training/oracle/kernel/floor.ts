import { costOfCheapest, createCheapest, offer, resetCheapest, type Cheapest } from './cheapest.js';
import type { Problem } from './problem.js';

/**
 * The least that any schedule could cost by the slots seen so far, cheaply: all chunks on the cheapest workers with room, rounding,
 * bandwidth, homes and all servers but the cheapest one left out.
 */
export interface Floor {
  readonly cells: Cheapest;
  server: number;
  /** The floor by the slot seen last. */
  least: number;
}

/** A floor that has seen no slot. */
export const createFloor = (): Floor => ({ cells: createCheapest(), server: Infinity, least: Infinity });

/** @param placesMax places that the floor tells apart; fewer are cheaper and give a lower floor. */
export function resetFloor(floor: Floor, problem: Problem, placesMax: number): void {
  resetCheapest(floor.cells, problem.total, placesMax);
  floor.server = Infinity;
  floor.least = Infinity;
}

/** Looks at slot t. @returns the floor by then, micro-credits; Infinity where the job cannot fit. */
export function floorOfSlot(problem: Problem, floor: Floor, t: number): number {
  const { siteCount, total, room, roomBesidePs, workerCost, psCost, workersPerChunk } = problem;
  const { cells } = floor;
  for (let site = 0, at = t * siteCount; site < siteCount; site++, at++) {
    if (roomBesidePs[at] >= 0 && psCost[at] < floor.server) floor.server = psCost[at];
    if (room[at] > 0) offer(cells, workerCost[at] * workersPerChunk, room[at]);
  }
  floor.least = costOfCheapest(cells, total, floor.server);
  return floor.least;
}
