import { sortingSteps } from './fill.js';
import { createSegments, costOfSegments, offerSegment, resetSegments } from './segments.js';
import { createSiteFill, fillSites, resetSiteFill, siteFillSteps } from './site-fill.js';
import { chooseServers, createServers, SERVERS_MAX, type Servers } from './hull-servers.js';
import {
  addRow,
  clearSparsePlan,
  copySparsePlan,
  createOrdering,
  createSparsePlan,
  reserveOrdering,
  resetSparsePlan,
  sortByKey,
  type SparsePlan,
} from './sparse-plan.js';
import { float64, int32, type Problem } from './problem.js';
import { createSiteOrder, orderSites, reserveSiteOrder, siteOrderSteps } from './site-order.js';

/**
 * For what is too large for every other method: each slot's price curve around one server, made convex, gives segments; the cheapest
 * segments of all slots say how many chunks each slot takes; a plan then fills those slots with the homes that are really left. Beside it
 * the first fit, slot after slot as much as goes, says when the job can be done at all. Plans are made as the segments get cheaper by a
 * set share, so often that their steps are bounded; the best so far is the answer.
 */
export interface Hull {
  /** Slots looked at. */
  length: number;
  readonly fill: ReturnType<typeof createSiteFill>;
  readonly servers: Servers;
  readonly segments: ReturnType<typeof createSegments>;
  readonly sites: ReturnType<typeof createSiteOrder>;
  /** Sites with room by worker price: slot t's are order[t * sites … + orderLength[t]). */
  order: Uint16Array;
  orderLength: Int32Array;
  /** Per slot: its server (-1: none fits), and the least price per chunk of its curve. */
  server: Int32Array;
  average: Float64Array;
  /** The first fit, with the homes that it leaves, and the cheapest plan so far. */
  readonly first: SparsePlan;
  firstLeft: Int32Array;
  readonly trial: SparsePlan;
  readonly best: SparsePlan;
  /** Scratch of a trial: homes left, chunks wanted per slot, slots in order. */
  left: Int32Array;
  wanted: Int32Array;
  readonly ordering: ReturnType<typeof createOrdering>;
  /** Price of the segments at the last trial, trials that are left, and what share a trial has to be cheaper by. */
  tried: number;
  trialsLeft: number;
  step: number;
}

/** Arrays that only grow. */
export const createHull = (): Hull => ({
  length: 0,
  fill: createSiteFill(),
  servers: createServers(),
  segments: createSegments(),
  sites: createSiteOrder(),
  order: new Uint16Array(0),
  orderLength: new Int32Array(0),
  server: new Int32Array(0),
  average: new Float64Array(0),
  first: createSparsePlan(),
  firstLeft: new Int32Array(0),
  trial: createSparsePlan(),
  best: createSparsePlan(),
  left: new Int32Array(0),
  wanted: new Int32Array(0),
  ordering: createOrdering(),
  tried: Infinity,
  trialsLeft: 0,
  step: 0,
});

/** Steps that all trials of a search may take together, and how many they are at most and at least. */
const TRIAL_STEPS_MAX = 30_000_000;
const TRIALS = { min: 4, max: 400 };
/** Trials are spaced so that they last until the price has fallen to this share of the first. */
const LAST_SHARE = 0.05;

/** Steps that a trial takes at most: segments, slots in order twice, as many again where those do not take all; each filled twice. */
function trialSteps(siteCount: number, slotCount: number, total: number): number {
  const rows = Math.min(slotCount, total);
  const sorting = 2 * slotCount * Math.ceil(Math.log2(slotCount + 1));
  return 4 * total + 2 * sorting + 4 * rows * siteFillSteps(siteCount, Math.ceil(total / rows)) + 2 * slotCount;
}

const trialsOf = (siteCount: number, slotCount: number, total: number): number =>
  Math.max(TRIALS.min, Math.min(TRIALS.max, Math.floor(TRIAL_STEPS_MAX / trialSteps(siteCount, slotCount, total))));

/** Steps of looking at a slot: sites by price, servers, fills for the curve and for the first fit, segments. */
const lookSteps = (siteCount: number, total: number): number =>
  siteOrderSteps(siteCount) + 12 * siteCount + (10 + 2 * Math.min(siteCount, SERVERS_MAX)) * siteFillSteps(siteCount, total) + 200;

/** Steps that a whole window takes at most. */
export const hullSteps = (siteCount: number, slotCount: number, total: number): number =>
  slotCount * lookSteps(siteCount, total) + trialsOf(siteCount, slotCount, total) * trialSteps(siteCount, slotCount, total);

/** Begins a job: no slot is looked at yet. */
export function resetHull(hull: Hull, problem: Problem, slotsMax: number, slotCount: number): void {
  const { siteCount, homes, total } = problem;
  hull.length = 0;
  resetSiteFill(hull.fill, problem);
  reserveSiteOrder(hull.sites, siteCount);
  resetSegments(hull.segments, total);
  if (hull.order.length < slotsMax * siteCount) hull.order = new Uint16Array(slotsMax * siteCount);
  for (const name of ['orderLength', 'server', 'wanted'] as const) hull[name] = int32(hull[name], slotsMax);
  hull.average = float64(hull.average, slotsMax);
  hull.wanted.fill(0);
  for (const name of ['firstLeft', 'left'] as const) hull[name] = int32(hull[name], siteCount);
  hull.firstLeft.set(homes.subarray(0, siteCount));
  for (const plan of [hull.first, hull.trial, hull.best]) resetSparsePlan(plan, problem, slotsMax);
  hull.best.cost = Infinity;
  reserveOrdering(hull.ordering, slotsMax);
  hull.tried = Infinity;
  hull.trialsLeft = trialsOf(siteCount, slotCount, total);
  hull.step = LAST_SHARE ** (1 / hull.trialsLeft);
}

/** Looks at the next opened slot; `best` is the cheapest plan by then. */
export function lookAtSlot(problem: Problem, hull: Hull): void {
  const { siteCount, total } = problem;
  const t = hull.length++;
  hull.orderLength[t] = orderSites(problem, hull.sites, t, hull.order, t * siteCount);
  hull.server[t] = -1;
  hull.average[t] = Infinity;
  const used = hull.orderLength[t] > 0 && offerCurve(problem, hull, t);
  if (hull.first.chunks < total) fitFirst(problem, hull, t);
  if (hull.first.chunks < total || !used) return;
  const cost = costOfSegments(hull.segments);
  if (hull.trialsLeft === 0 || cost > hull.tried * hull.step) return;
  hull.tried = cost;
  hull.trialsLeft--;
  if (tryPlan(problem, hull, t) && hull.trial.cost < hull.best.cost) copySparsePlan(hull.trial, hull.best);
}

/** Fills slot t with up to `limit` chunks around a server: by price, and by thrift where that places more. @returns the chunks. */
function fillBest(problem: Problem, hull: Hull, t: number, ps: number, left: Int32Array, limit: number): number {
  const { fill, order } = hull;
  const from = t * problem.siteCount;
  const rule = { t, ps, order, from, to: from + hull.orderLength[t], left, limit, thrifty: false }; // one shape: made very often
  const chunks = fillSites(problem, fill, rule);
  if (chunks === limit || !fill.starved) return chunks;
  rule.thrifty = true;
  return fillSites(problem, fill, rule);
}

/** Offers the convex price curve of slot t around its most promising server, as if all homes were still there. @returns whether any of it is kept. */
function offerCurve(problem: Problem, hull: Hull, t: number): boolean {
  const { fill, servers, segments } = hull;
  chooseServers(problem, servers, t, problem.homes, problem.total);
  if (servers.cheapest < 0) return false;
  let best = servers.cheapest;
  let chunks = fillBest(problem, hull, t, best, problem.homes, problem.total);
  if (chunks < problem.total && servers.roomiest !== best) {
    const average = chunks > 0 ? fill.cost / chunks : Infinity;
    const others = fillBest(problem, hull, t, servers.roomiest, problem.homes, problem.total);
    if (others > 0 && fill.cost / others < average) best = servers.roomiest;
    else chunks = fillBest(problem, hull, t, best, problem.homes, problem.total);
    if (best === servers.roomiest) chunks = others;
  }
  if (chunks === 0) return false;
  hull.server[t] = best;
  const corners = makeConvex(fill.curveChunks, fill.curveCost, fill.curveLength);
  hull.average[t] = fill.curveCost[0] / fill.curveChunks[0];
  let kept = false;
  const most = Math.min(corners, SEGMENTS_MAX);
  for (let i = 1, n = 0, cost = 0; i <= most; i++) {
    const corner = Math.ceil((i * corners) / most) - 1;
    const here = fill.curveChunks[corner] - n;
    kept = offerSegment(segments, (fill.curveCost[corner] - cost) / here, here, t) || kept;
    n = fill.curveChunks[corner];
    cost = fill.curveCost[corner];
  }
  return kept;
}

/** Segments of one slot. */
const SEGMENTS_MAX = 8;

/** Leaves the corners of the lower convex hull of a curve and of nothing for nothing, in place. @returns their number, nothing left out. */
function makeConvex(chunks: Int32Array, cost: Float64Array, length: number): number {
  let corners = 0;
  for (let i = 0; i < length; i++) {
    for (; corners > 0; corners--) {
      const n = corners > 1 ? chunks[corners - 2] : 0;
      const before = corners > 1 ? cost[corners - 2] : 0;
      const last = (cost[corners - 1] - before) / (chunks[corners - 1] - n);
      if (last < (cost[i] - cost[corners - 1]) / (chunks[i] - chunks[corners - 1])) break;
    }
    chunks[corners] = chunks[i];
    cost[corners++] = cost[i];
  }
  return corners;
}

/**
 * Extends the first fit by slot t around the server that takes most: of all sites, where they are few, else of the two that promise most. Once it
 * holds all chunks, it is the best plan until a trial is.
 */
function fitFirst(problem: Problem, hull: Hull, t: number): void {
  const { servers, first, firstLeft, fill } = hull;
  const { siteCount, total } = problem;
  const limit = total - first.chunks;
  chooseServers(problem, servers, t, firstLeft, limit);
  if (hull.orderLength[t] === 0 || servers.cheapest < 0) return;
  const isFew = siteCount <= SERVERS_MAX;
  let best = servers.roomiest;
  let most = fillBest(problem, hull, t, best, firstLeft, limit);
  let cost = fill.cost;
  let last = best;
  for (let i = 0; i < (isFew ? siteCount : 1); i++) {
    const server = isFew ? i : servers.cheapest;
    if (isFew && (server === servers.roomiest || problem.roomBesidePs[t * siteCount + server] < 0 || servers.most[server] < most)) continue;
    last = server;
    const chunks = fillBest(problem, hull, t, server, firstLeft, limit);
    if (chunks < most || (chunks === most && (fill.cost > cost || (fill.cost === cost && (!isFew || server > best))))) continue;
    best = server;
    most = chunks;
    cost = fill.cost;
  }
  if (most === 0) return;
  if (best !== last) fillBest(problem, hull, t, best, firstLeft, limit);
  addRow(first, fill, t, best, firstLeft);
  if (first.chunks === total) copySparsePlan(first, hull.best);
}

/** Makes a plan of the kept segments, with the homes that are really left. @returns whether it holds all chunks and ends in slot t. */
function tryPlan(problem: Problem, hull: Hull, t: number): boolean {
  const { total, siteCount, homes, alpha } = problem;
  const { segments, wanted, ordering, trial } = hull;
  clearSparsePlan(trial);
  hull.left.set(homes.subarray(0, siteCount));
  let length = 0;
  for (let i = 0; i < segments.length; i++) {
    const slot = segments.slot[i];
    if (wanted[slot] === 0) ordering.order[length++] = slot;
    wanted[slot] += segments.chunks[i];
  }
  wanted[segments.slot[0]] -= segments.held - total;
  for (let slot = 0; slot <= t; slot++) ordering.key[slot] = -alpha[slot]; // what stays at home counts most where bandwidth is dearest
  problem.steps += 3 * segments.length + 2 * t + sortingSteps(length);
  sortByKey(ordering, length);
  for (let i = 0; i < length; i++) takeSlot(problem, hull, ordering.order[i], wanted[ordering.order[i]]);
  if (trial.chunks < total) takeOthers(problem, hull, t);
  for (let i = 0; i < segments.length; i++) wanted[segments.slot[i]] = 0;
  return trial.chunks === total && trial.last === t;
}

/** Fills slots that no segment is kept of, the cheapest first, with what the others could not take. */
function takeOthers(problem: Problem, hull: Hull, t: number): void {
  const { wanted, ordering, trial, average } = hull;
  let length = 0;
  for (let slot = 0; slot <= t; slot++) {
    ordering.key[slot] = average[slot];
    if (wanted[slot] === 0 && hull.server[slot] >= 0) ordering.order[length++] = slot;
  }
  problem.steps += sortingSteps(length) + t;
  sortByKey(ordering, length);
  for (let i = 0; i < Math.min(length, problem.total) && trial.chunks < problem.total; i++)
    takeSlot(problem, hull, ordering.order[i], problem.total - trial.chunks);
}

function takeSlot(problem: Problem, hull: Hull, slot: number, chunks: number): void {
  if (chunks === 0) return;
  const ps = hull.server[slot];
  if (fillBest(problem, hull, slot, ps, hull.left, chunks) > 0) addRow(hull.trial, hull.fill, slot, ps, hull.left);
}
