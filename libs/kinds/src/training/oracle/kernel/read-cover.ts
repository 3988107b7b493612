import type { Lattice } from './lattice.js';
import type { Plan } from './plan.js';
import { float64, int32, type Problem } from './problem.js';

/** Scratch to read one slot's cover back: the states of a single cover, all levels kept, with where each way came from. */
export interface CoverReader {
  own: Int32Array;
  price: Float64Array;
  traffic: Float64Array;
  count: Int32Array;
  from: Int32Array;
  ways: Int32Array;
}

/** Arrays that only grow. */
export const createCoverReader = (): CoverReader => ({
  own: new Int32Array(0),
  price: new Float64Array(0),
  traffic: new Float64Array(0),
  count: new Int32Array(0),
  from: new Int32Array(0),
  ways: new Int32Array(0),
});

/** Which cover of which slot is read. */
export interface CoverRequest {
  readonly plan: Plan;
  readonly row: number;
  readonly cover: number;
  readonly waysMax: number;
}

/** Decides the entries of one cover again, this time keeping every level, and writes counts and credits into the plan's row. */
export function readCover(problem: Problem, reader: CoverReader, lattice: Lattice, request: CoverRequest): void {
  const { siteCount, total } = problem;
  const { plan, row, waysMax } = request;
  const { length, site, unit, weight } = lattice;
  const width = 2 * total + 1;
  const states = (length + 1) * width;
  reader.own = int32(reader.own, length);
  reader.ways = int32(reader.ways, states);
  for (const name of ['price', 'traffic'] as const) reader[name] = float64(reader[name], states * waysMax);
  for (const name of ['count', 'from'] as const) reader[name] = int32(reader[name], states * waysMax);
  reader.ways.fill(0, 0, states);
  for (let entry = 0, rest = request.cover; entry < length; entry++) {
    const level = Math.floor(rest / weight[entry]);
    reader.own[entry] = level * unit[entry];
    rest -= level * weight[entry];
  }
  reader.ways[total] = 1;
  reader.price[total * waysMax] = 0;
  reader.traffic[total * waysMax] = 0;
  for (let entry = 0; entry < length; entry++)
    forward(problem, reader, { t: plan.slot[row], ps: plan.ps[row], site: site[entry], entry, waysMax });
  plan.counts.fill(0, row * siteCount, (row + 1) * siteCount);
  plan.credits.fill(0, row * siteCount, (row + 1) * siteCount);
  for (let entry = length - 1, way = (length * width + total) * waysMax; entry >= 0; entry--) {
    if (site[entry] >= 0) {
      plan.counts[row * siteCount + site[entry]] = reader.count[way];
      plan.credits[row * siteCount + site[entry]] = Math.min(reader.count[way], reader.own[entry]);
    }
    way = reader.from[way];
  }
}

interface ReadStep {
  readonly t: number;
  readonly ps: number;
  /** -1: a pool. */
  readonly site: number;
  readonly entry: number;
  readonly waysMax: number;
}

/** One entry for the single cover: every net inflow so far, every count that fits. */
function forward(problem: Problem, reader: CoverReader, { t, ps, site, entry, waysMax }: ReadStep): void {
  const { total, workersFor, chunkKB } = problem;
  const width = 2 * total + 1;
  const at = t * problem.siteCount + site;
  const own = reader.own[entry];
  const room = site < 0 ? 0 : ps === site ? problem.roomBesidePs[at] : Math.max(0, problem.room[at]);
  const awayKB = ps === site ? 0 : problem.parameterKB;
  const perWorker = site < 0 ? 0 : problem.workerCost[at] + awayKB * problem.alpha[t];
  const perMove = chunkKB * problem.alpha[t];
  for (let net = 0; net < width; net++) {
    const state = entry * width + net;
    for (let way = state * waysMax, end = way + reader.ways[state]; way < end; way++) {
      for (let count = Math.max(0, own - net); count <= room && net + count - own < width; count++) {
        const moved = Math.max(0, count - own);
        const sent = reader.traffic[way] + moved * chunkKB + workersFor[count] * awayKB;
        if (sent > problem.budgetKB[t]) break;
        const price = reader.price[way] + workersFor[count] * perWorker + moved * perMove;
        keepWay(reader, (entry + 1) * width + net + count - own, waysMax, { price, sent, count, from: way });
      }
    }
  }
}

interface Way {
  readonly price: number;
  readonly sent: number;
  readonly count: number;
  readonly from: number;
}

/** As addWay of slot-cover.ts, with the way's origin: the same ways are kept in the same order. */
function keepWay(reader: CoverReader, state: number, waysMax: number, way: Way): void {
  const from = state * waysMax;
  const count = reader.ways[state];
  let at = 0;
  while (at < count && reader.price[from + at] <= way.price) at++;
  if (at > 0 && (waysMax === 1 || reader.traffic[from + at - 1] <= way.sent)) return;
  let end = at;
  while (end < count && (waysMax === 1 || reader.traffic[from + end] >= way.sent)) end++;
  const kept = count - (end - at);
  if (kept === waysMax) {
    if (at === waysMax) at = waysMax - 1;
    else for (let i = kept - 1; i > at; i--) copyWay(reader, from + i - 1, from + i);
  } else if (end === at) for (let i = count; i > at; i--) copyWay(reader, from + i - 1, from + i);
  else for (let i = end; i < count; i++) copyWay(reader, from + i, from + at + 1 + i - end);
  reader.price[from + at] = way.price;
  reader.traffic[from + at] = way.sent;
  reader.count[from + at] = way.count;
  reader.from[from + at] = way.from;
  reader.ways[state] = Math.min(waysMax, kept + 1);
}

function copyWay(reader: CoverReader, from: number, to: number): void {
  reader.price[to] = reader.price[from];
  reader.traffic[to] = reader.traffic[from];
  reader.count[to] = reader.count[from];
  reader.from[to] = reader.from[from];
}
