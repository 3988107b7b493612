import { float64, int32, sameSlot, type Problem } from '../problem.js';
import { leastSums } from './sums.js';

/**
 * A floor of what plans cost, in a few microseconds a slot: every slot takes all homes to be there, no budget is in the way, and workers are rounded as kindly
 * as a site's room allows. Then a site offers its chunks in pieces of one price each, a slot takes the cheapest of them around each server, and a pass over
 * the slots puts them together. Where prices and rooms differ much between slots it says more than the sharp floor, which takes places by price alone.
 */
export interface RelaxedFloor {
  /** Chunks of the job + 1; slots looked at. */
  width: number;
  length: number;
  /** Per slot: no plan whose last slot is that one costs less. */
  floors: Float64Array;
  /** Per count of chunks: least price by the slots looked at, and by one slot less; where the first begins. */
  least: Float64Array;
  from: number;
  reach: number;
  /** Of the slot looked at last: price per count of chunks, and the most of them. */
  curve: Float64Array;
  most: number;
  /** Least workers a chunk takes where up to n of them share workers. */
  perChunk: Float64Array;
  /** Scratch: pieces away from the server by rising price of a chunk: price, chunks, site. */
  pieces: number;
  price: Float64Array;
  chunks: Int32Array;
  site: Int32Array;
}

/** Arrays that only grow. */
export const createRelaxedFloor = (): RelaxedFloor => ({
  width: 0,
  length: 0,
  floors: new Float64Array(0),
  least: new Float64Array(0),
  from: 0,
  reach: 0,
  curve: new Float64Array(0),
  most: 0,
  perChunk: new Float64Array(0),
  pieces: 0,
  price: new Float64Array(0),
  chunks: new Int32Array(0),
  site: new Int32Array(0),
});

/** Begins anew; what takes time waits until the floor is asked for. */
export function resetRelaxedFloor(relaxed: RelaxedFloor): void {
  relaxed.length = 0;
}

function begin({ siteCount, total, workersFor, alpha }: Problem, relaxed: RelaxedFloor): void {
  const width = total + 1;
  relaxed.width = width;
  relaxed.floors = float64(relaxed.floors, alpha.length);
  relaxed.least = float64(relaxed.least, 2 * width);
  relaxed.least.fill(Infinity, 0, width);
  relaxed.least[0] = 0;
  relaxed.from = 0;
  relaxed.reach = 0;
  relaxed.curve = float64(relaxed.curve, width);
  relaxed.perChunk = float64(relaxed.perChunk, width);
  relaxed.perChunk[0] = Infinity;
  for (let n = 1; n <= total; n++) relaxed.perChunk[n] = Math.min(relaxed.perChunk[n - 1], workersFor[n] / n);
  relaxed.price = float64(relaxed.price, 2 * siteCount);
  relaxed.chunks = int32(relaxed.chunks, 2 * siteCount);
  relaxed.site = int32(relaxed.site, 2 * siteCount);
}

/** Below any difference that a double makes of adding up in another order, relatively. */
const MARGIN = 1 - 1e-9;

/** What plans cost at least whose last slot is t, micro-credits; Infinity where none can be. Slots up to t must be open. */
export function relaxedFloor(problem: Problem, relaxed: RelaxedFloor, t: number): number {
  if (relaxed.length === 0) begin(problem, relaxed);
  for (; relaxed.length <= t; relaxed.length++) lookAt(problem, relaxed, relaxed.length);
  return relaxed.floors[t];
}

/** Adds slot t to the pass over slots. */
function lookAt(problem: Problem, relaxed: RelaxedFloor, t: number): void {
  const { width, least, from, floors } = relaxed;
  if (t === 0 || !sameSlot(problem, t - 1, t)) findCurve(problem, relaxed, t);
  const { curve, most } = relaxed;
  const to = from === 0 ? width : 0;
  let using = Infinity;
  for (let n = 1; n <= most; n++) using = Math.min(using, curve[n] + least[from + width - 1 - n]);
  floors[t] = using * MARGIN;
  const end = Math.min(width - 1, relaxed.reach + most);
  problem.steps += leastSums(curve, 0, most, least, from, relaxed.reach, least, to, 0, end);
  least.fill(Infinity, to + end + 1, to + width);
  relaxed.reach = end;
  relaxed.from = to;
}

/** Finds what n chunks cost in slot t at least, around the server that is best for so many. */
function findCurve(problem: Problem, relaxed: RelaxedFloor, t: number): void {
  const { siteCount, roomBesidePs } = problem;
  relaxed.curve.fill(Infinity, 0, relaxed.width);
  relaxed.most = 0;
  listPieces(problem, relaxed, t);
  problem.steps += 4 * siteCount * siteCount;
  for (let server = 0, at = t * siteCount; server < siteCount; server++, at++)
    if (roomBesidePs[at] >= 0) takePieces(problem, relaxed, t, server);
}

/** Lists what sites offer away from a server: their own chunks, and with a move, others. */
function listPieces(problem: Problem, relaxed: RelaxedFloor, t: number): void {
  const { siteCount, room, workerCost, homes, chunkKB, parameterKB } = problem;
  const alpha = problem.alpha[t];
  relaxed.pieces = 0;
  for (let site = 0, at = t * siteCount; site < siteCount; site++, at++) {
    if (room[at] <= 0) continue;
    const price = relaxed.perChunk[room[at]] * (workerCost[at] + alpha * parameterKB);
    const own = Math.min(room[at], homes[site]);
    if (own > 0) listPiece(relaxed, price, own, site);
    if (own < room[at]) listPiece(relaxed, price + alpha * chunkKB, room[at] - own, site);
  }
}

function listPiece(relaxed: RelaxedFloor, price: number, count: number, site: number): void {
  const { price: prices, chunks, site: sites } = relaxed;
  let at = relaxed.pieces++;
  for (; at > 0 && prices[at - 1] > price; at--) {
    prices[at] = prices[at - 1];
    chunks[at] = chunks[at - 1];
    sites[at] = sites[at - 1];
  }
  prices[at] = price;
  chunks[at] = count;
  sites[at] = site;
}

/** Takes the cheapest pieces around a server, those beside it and those away, and lowers the curve to what they cost. */
function takePieces(problem: Problem, relaxed: RelaxedFloor, t: number, server: number): void {
  const { total, homes, roomBesidePs, workerCost, psCost, chunkKB } = problem;
  const { curve, pieces, price, chunks, site } = relaxed;
  const at = t * problem.siteCount + server;
  const beside = roomBesidePs[at];
  const atHome = beside > 0 ? relaxed.perChunk[beside] * workerCost[at] : Infinity;
  const moved = atHome + problem.alpha[t] * chunkKB;
  const own = Math.min(beside, homes[server]);
  let cost = psCost[at];
  let n = 0;
  for (let besides = 0, i = 0; n < total;) {
    while (i < pieces && site[i] === server) i++;
    const here = besides < own ? atHome : besides < beside ? moved : Infinity;
    const away = i < pieces ? price[i] : Infinity;
    const each = Math.min(here, away);
    if (each === Infinity) break;
    const count = here <= away ? (besides < own ? own : beside) - besides : chunks[i++];
    if (here <= away) besides += count;
    for (const end = Math.min(total, n + count); n < end;) {
      cost += each;
      if (cost < curve[++n]) curve[n] = cost;
    }
  }
  relaxed.most = Math.max(relaxed.most, n);
  problem.steps += n + 2 * pieces;
}
