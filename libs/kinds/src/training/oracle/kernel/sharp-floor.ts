import { costOfCheapest, createCheapest, offer, resetCheapest, type Cheapest } from './cheapest.js';
import type { Floor } from './floor.js';
import { addFreeSlot, createFreeChunks, resetFreeChunks } from './free-chunks.js';
import { float64, int32, type Problem } from './problem.js';

/**
 * A floor that knows what cannot be had without bandwidth. In a slot there is one server; only its site's workers exchange no parameters,
 * and only its own chunks, trained beside it, send nothing at all. So of two relaxations the dearer:
 * - away: in each slot, the chunks beyond what fits beside any server pay for the parameters of a worker away. Homes are left out.
 * - sent: no more chunks send nothing than so many slots, one home each, can keep (free-chunks.ts), at the price of the cheapest of those
 *   slots; all others send themselves or the parameters of their share of a worker. That both take the same rooms is left out.
 * Workers are rounded as kindly as a site's room allows, and places in a slot are taken by price alone.
 */
export interface SharpFloor {
  /** Slots looked at. */
  length: number;
  readonly away: Cheapest;
  readonly sent: Cheapest;
  readonly free: ReturnType<typeof createFreeChunks>;
  /** Slots that can keep chunks at home, by rising price of a chunk there, and that price. */
  freeSlot: Int32Array;
  freePrice: Float64Array;
  freeLength: number;
  /** Least workers a chunk takes where up to n of them share workers: min of workersFor[m] / m over m <= n. */
  perChunk: Float64Array;
  /** Scratch: the slot's sites by price. */
  readonly slot: Cheapest;
}

/** Arrays that only grow. */
export const createSharpFloor = (): SharpFloor => ({
  length: 0,
  away: createCheapest(),
  sent: createCheapest(),
  free: createFreeChunks(),
  freeSlot: new Int32Array(0),
  freePrice: new Float64Array(0),
  freeLength: 0,
  perChunk: new Float64Array(0),
  slot: createCheapest(),
});

/** Begins anew; what takes time waits until the floor is asked for. */
export function resetSharpFloor(sharp: SharpFloor): void {
  sharp.length = 0;
}

function begin(problem: Problem, sharp: SharpFloor): void {
  const { total, workersFor, alpha } = problem;
  resetCheapest(sharp.away, total, Infinity);
  resetCheapest(sharp.sent, total, Infinity);
  sharp.freeLength = 0;
  sharp.freeSlot = int32(sharp.freeSlot, alpha.length);
  sharp.freePrice = float64(sharp.freePrice, alpha.length);
  sharp.perChunk = float64(sharp.perChunk, total + 1);
  sharp.perChunk[0] = Infinity;
  for (let n = 1; n <= total; n++) sharp.perChunk[n] = Math.min(sharp.perChunk[n - 1], workersFor[n] / n);
}

/** Below any difference that a double makes of adding up in another order, relatively. */
const MARGIN = 1 - 1e-12;

/** The floor by the slots opened so far, micro-credits, no lower than the plain one by then; Infinity where no schedule exists. */
export function sharpFloor(problem: Problem, sharp: SharpFloor, plain: Floor): number {
  if (sharp.length === 0) begin(problem, sharp);
  for (; sharp.length < problem.slotCount; sharp.length++) lookAt(problem, sharp, sharp.length);
  const away = costOfCheapest(sharp.away, problem.total, plain.server);
  return Math.max(plain.least, Math.max(away, costOfSent(problem, sharp)) * MARGIN);
}

/** Takes the chunks that send nothing and those that do, the cheapest first. */
function costOfSent(problem: Problem, { free, freeSlot, freePrice, freeLength, sent }: SharpFloor): number {
  resetFreeChunks(free, problem);
  problem.steps += problem.siteCount + 3 * problem.total;
  let cost = 0;
  let left = problem.total;
  let kept = 0;
  for (let i = 0, next = 0; left > 0;) {
    const isFree = i < freeLength && (next === sent.length || freePrice[i] <= sent.price[next]);
    if (!isFree && next === sent.length) return Infinity;
    const before = kept;
    if (isFree) {
      kept = addFreeSlot(problem, free, freeSlot[i]);
      problem.steps += problem.siteCount + free.largest;
    }
    const price = isFree ? freePrice[i++] : sent.price[next];
    const taken = Math.min(left, isFree ? kept - before : sent.room[next++]);
    cost += taken * price;
    left -= taken;
  }
  return cost;
}

/** Steps of looking at a slot: its places by price, each offered twice to both relaxations. */
const lookSteps = (siteCount: number, total: number): number => {
  const places = Math.min(siteCount, total);
  return siteCount * (places + 8) + 4 * places * total;
};

/** Steps that all slots of a window may take, each asked for its floor. */
export const sharpFloorSteps = (siteCount: number, slotCount: number, total: number): number =>
  slotCount * (lookSteps(siteCount, total) + (slotCount + 1) * (siteCount + total) + 2 * total);

function lookAt(problem: Problem, sharp: SharpFloor, t: number): void {
  const { siteCount, total, room, roomBesidePs, workerCost, psCost, homes } = problem;
  const { slot, perChunk } = sharp;
  problem.steps += lookSteps(siteCount, total);
  resetCheapest(slot, total, Infinity);
  let beside = -1;
  let mostRoom = 0;
  let freePrice = Infinity;
  for (let site = 0, at = t * siteCount; site < siteCount; site++, at++) {
    const here = room[at];
    if (roomBesidePs[at] > beside) beside = roomBesidePs[at];
    if (here <= 0) continue;
    if (here > mostRoom) mostRoom = here;
    const price = workerCost[at] * perChunk[here];
    offer(slot, price, here);
    const kept = Math.min(roomBesidePs[at], homes[site]);
    if (kept > 0) freePrice = Math.min(freePrice, price + psCost[at] / kept); // a server here serves no more than these for nothing
  }
  if (beside < 0 || mostRoom === 0) return;
  offerSending(problem, sharp, t, beside, perChunk[mostRoom]);
  if (freePrice < Infinity) insertFree(sharp, t, freePrice);
}

/** Chunks that so much traffic each lets through in slot t; rounded so that a whole number is not lost. */
const passing = ({ budgetKB }: Problem, t: number, kB: number): number => (kB > 0 ? Math.floor(budgetKB[t] / kB + 1e-9) : Infinity);

/** Offers slot t's chunks to both relaxations; up to `beside` of them are trained beside the server. */
function offerSending(problem: Problem, { slot, away, sent }: SharpFloor, t: number, beside: number, perChunk: number): void {
  const { chunkKB, parameterKB } = problem;
  const alpha = problem.alpha[t];
  const awayKB = parameterKB * perChunk;
  const far = passing(problem, t, awayKB);
  offerSlot(slot, away, beside, 0, far, awayKB * alpha);
  const near = awayKB <= chunkKB ? 0 : Math.min(beside, passing(problem, t, chunkKB)); // none where being away is cheaper than moving
  offerSlot(slot, sent, near, chunkKB * alpha, far, awayKB * alpha);
}

/** Offers a slot's chunks, the cheapest first: up to `near` of them at one price of traffic, then up to `far` at a higher one. */
function offerSlot(slot: Cheapest, to: Cheapest, near: number, nearPrice: number, far: number, farPrice: number): void {
  let nearLeft = near;
  let farLeft = far;
  for (let i = 0; i < slot.length; i++) {
    const here = Math.min(nearLeft, slot.room[i]);
    if (here > 0) offer(to, slot.price[i] + nearPrice, here);
    nearLeft -= here;
    const there = Math.min(farLeft, slot.room[i] - here);
    if (there > 0) offer(to, slot.price[i] + farPrice, there);
    farLeft -= there;
  }
}

/** Puts a slot that can keep chunks at home in its place among those seen before. */
function insertFree(sharp: SharpFloor, t: number, price: number): void {
  const { freeSlot, freePrice } = sharp;
  let at = sharp.freeLength++;
  for (; at > 0 && freePrice[at - 1] > price; at--) {
    freeSlot[at] = freeSlot[at - 1];
    freePrice[at] = freePrice[at - 1];
  }
  freeSlot[at] = t;
  freePrice[at] = price;
}
