import { int32, float64, type Problem } from './problem.js';

/**
 * Fills one slot around a parameter server, a site at a time (fill.ts goes chunk by chunk): what is at home at the server's site, what
 * moves there, what is at home elsewhere, what moves elsewhere, always the cheapest per chunk first. Workers are rounded exactly in the
 * price. For jobs and markets that are too large to be told apart chunk by chunk.
 */
export interface SiteFill {
  /** The sites of the last fill: chunks processed there, and how many of them are the site's own. */
  length: number;
  site: Int32Array;
  count: Int32Array;
  kept: Int32Array;
  /** Chunks placed, and their price with the server, micro-credits. */
  chunks: number;
  cost: number;
  /** Whether the bandwidth budget kept it from a chunk that had room. */
  starved: boolean;
  /** Chunks and price after each site. */
  curveLength: number;
  curveChunks: Int32Array;
  curveCost: Float64Array;
  /** Entry of each site in the last fill, plus one; 0: none. */
  entry: Int32Array;
}

/** Arrays that only grow. */
export const createSiteFill = (): SiteFill => ({
  length: 0,
  site: new Int32Array(0),
  count: new Int32Array(0),
  kept: new Int32Array(0),
  chunks: 0,
  cost: 0,
  starved: false,
  curveLength: 0,
  curveChunks: new Int32Array(0),
  curveCost: new Float64Array(0),
  entry: new Int32Array(0),
});

/** Begins a slot: nothing is placed yet. */
export function resetSiteFill(fill: SiteFill, { siteCount }: Problem): void {
  for (const name of ['site', 'count', 'kept', 'entry'] as const) fill[name] = int32(fill[name], siteCount);
  fill.curveChunks = int32(fill.curveChunks, 3 * siteCount + 3);
  fill.curveCost = float64(fill.curveCost, 3 * siteCount + 3);
  fill.entry.fill(0);
  fill.length = 0;
}

/** What a slot is filled with, and how. */
export interface SiteFillRule {
  readonly t: number;
  readonly ps: number;
  /** Sites by worker price: order[from … to). */
  readonly order: Uint16Array;
  readonly from: number;
  readonly to: number;
  /** Chunks per home that are left to be trained at home. */
  readonly left: Int32Array;
  readonly limit: number;
  /** Whether traffic counts before price. */
  readonly thrifty: boolean;
}

/** Micro-credits per kB, above any bandwidth price that matters. */
const THRIFT = 1e6;
/** Steps of placing chunks at a site, and of a fill without any. */
const SITE_STEPS = 12;
const FILL_STEPS = 30;

/** Steps that a fill takes at most. */
export const siteFillSteps = (siteCount: number, chunks: number): number =>
  SITE_STEPS * (2 * Math.min(siteCount, chunks) + 2) + 2 * siteCount + FILL_STEPS;

const countAt = (fill: SiteFill, site: number): number => (fill.entry[site] === 0 ? 0 : fill.count[fill.entry[site] - 1]);

/**
 * The most of `chunks` chunks more at a site that the budget lets through. Their traffic grows with them, so that it is found by halving, between
 * what a worker more and a worker less than their unrounded number would leave.
 * @param perChunk workers per chunk, unrounded; @param chunkKB, @param workerKB traffic of a chunk and of a worker.
 */
function affordable(
  workersFor: Float64Array,
  perChunk: number,
  count: number,
  chunks: number,
  chunkKB: number,
  workerKB: number,
  budget: number,
): number {
  const fits = (n: number): boolean => n * chunkKB + (workersFor[count + n] - workersFor[count]) * workerKB <= budget;
  if (fits(chunks)) return chunks;
  const kB = chunkKB + perChunk * workerKB;
  let low = Math.floor((budget - workerKB) / kB) - 1;
  if (low <= 0 || low >= chunks || !fits(low)) low = 0;
  let high = Math.ceil((budget + workerKB) / kB) + 1;
  if (high <= low || high >= chunks || fits(high)) high = chunks;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/** @returns the chunks placed, at most `limit`; 0 where the server does not fit. */
export function fillSites(problem: Problem, fill: SiteFill, rule: SiteFillRule): number {
  const { siteCount, room, roomBesidePs, workerCost, workersFor, chunkKB, parameterKB } = problem;
  const { t, ps, order, to, left, limit } = rule;
  for (let i = 0; i < fill.length; i++) fill.entry[fill.site[i]] = 0;
  fill.length = 0;
  fill.curveLength = 0;
  fill.chunks = 0;
  fill.starved = false;
  const base = t * siteCount;
  const besidePs = roomBesidePs[base + ps];
  if (besidePs < 0) return 0;
  fill.cost = problem.psCost[base + ps];
  const alpha = problem.alpha[t];
  const felt = rule.thrifty ? alpha + THRIFT : alpha;
  const perChunk = workersFor[problem.total] / problem.total;
  const awayFelt = felt * parameterKB * perChunk;
  let budget = problem.budgetKB[t];
  let homeAt = rule.from;
  let anyAt = rule.from;
  while (fill.chunks < limit) {
    while (homeAt < to && isDone(fill, ps, order[homeAt], Math.min(room[base + order[homeAt]], left[order[homeAt]]))) homeAt++;
    while (anyAt < to && isDone(fill, ps, order[anyAt], room[base + order[anyAt]])) anyAt++;
    let site = -1;
    let best = Infinity;
    let most = 0;
    for (let which = 0; which < 3; which++) {
      const at = which === 0 ? ps : which === 1 ? (homeAt < to ? order[homeAt] : -1) : anyAt < to ? order[anyAt] : -1;
      if (at < 0) continue;
      const count = countAt(fill, at);
      const rooms = which === 0 ? besidePs : room[base + at];
      if (count >= rooms) continue;
      const moves = count >= left[at];
      const price = workerCost[base + at] * perChunk + (which === 0 ? 0 : awayFelt) + (moves ? felt * chunkKB : 0);
      if (price >= best) continue;
      const wanted = Math.min(limit - fill.chunks, (moves ? rooms : Math.min(rooms, left[at])) - count);
      const n = affordable(workersFor, perChunk, count, wanted, moves ? chunkKB : 0, which === 0 ? 0 : parameterKB, budget);
      if (n < wanted) fill.starved = true;
      if (n === 0) continue;
      site = at;
      best = price;
      most = n;
    }
    if (site < 0) break;
    budget -= place(problem, fill, rule, site, most);
  }
  problem.steps += SITE_STEPS * fill.curveLength + homeAt + anyAt - 2 * rule.from + FILL_STEPS;
  return fill.chunks;
}

const isDone = (fill: SiteFill, ps: number, site: number, most: number): boolean => site === ps || countAt(fill, site) >= most;

/** Adds chunks of one kind to a site. @returns the traffic, kB. */
function place(problem: Problem, fill: SiteFill, { t, ps, left }: SiteFillRule, site: number, chunks: number): number {
  const { workersFor, siteCount } = problem;
  if (fill.entry[site] === 0) {
    fill.site[fill.length] = site;
    fill.count[fill.length] = 0;
    fill.kept[fill.length] = 0;
    fill.entry[site] = ++fill.length;
  }
  const entry = fill.entry[site] - 1;
  const before = fill.count[entry];
  const moves = before >= left[site];
  fill.count[entry] += chunks;
  if (!moves) fill.kept[entry] += chunks;
  const workers = workersFor[before + chunks] - workersFor[before];
  const traffic = (moves ? chunks * problem.chunkKB : 0) + (site === ps ? 0 : workers * problem.parameterKB);
  fill.chunks += chunks;
  fill.cost += workers * problem.workerCost[t * siteCount + site] + traffic * problem.alpha[t];
  fill.curveChunks[fill.curveLength] = fill.chunks;
  fill.curveCost[fill.curveLength++] = fill.cost;
  return traffic;
}
