import { fillSlot, fillSteps, sortingSteps, sortSites, type Filler, type FillRule } from './fill.js';
import { float64, int32, sameSlot, type Problem } from './problem.js';
import { RELIEF_STEPS_MAX, type Plan } from './plan.js';

/**
 * What a spread takes to be at home in each slot. `optimistic`: all of a site's chunks, in every slot anew. `pessimistic`: none. `assigned`: what a
 * plan's dealing gave the slot, and what it left over.
 */
export type HomeView = 'optimistic' | 'pessimistic' | 'assigned';

/**
 * Spreads a job's chunks over slots by count: least[t][b] is the cheapest price of processing b blocks of `grain` chunks by slot t, from
 * per-slot curves (paper, Algorithm 2, with its base case; which site's chunks they are is settled afterwards). One pass serves all
 * completions. Blocks are single chunks up to BLOCKS_MAX chunks; beyond, the last block may be short, and is trimmed when a plan is read.
 */
export interface Spread {
  readonly homes: HomeView;
  readonly rule: FillRule;
  grain: number;
  /** Blocks of the whole job: ceil(total / grain). */
  blocks: number;
  /** Slots spread so far. */
  length: number;
  least: Float64Array;
  /** Blocks given to slot t in least[t][b]; 0: none. */
  share: Int32Array;
  /** Of slot t's curve at b blocks: the parameter server's site; ~site where the thrifty fill was cheaper. */
  server: Int32Array;
  /** Of the last slot: price of b blocks, and the most that fit; `curveSlot` is -1 before there is one. */
  curve: Float64Array;
  most: number;
  curveSlot: number;
  /** Blocks that fit in all slots up to t. */
  reach: Int32Array;
  candidates: Int32Array;
  candidateCost: Float64Array;
}

/** Arrays that only grow. */
export const createSpread = (homes: HomeView): Spread => ({
  homes,
  rule: { atHome: new Int32Array(0), atHomeFrom: 0, bandwidthFirst: false },
  grain: 1,
  blocks: 0,
  length: 0,
  least: new Float64Array(0),
  share: new Int32Array(0),
  server: new Int32Array(0),
  curve: new Float64Array(0),
  most: 0,
  curveSlot: -1,
  reach: new Int32Array(0),
  candidates: new Int32Array(0),
  candidateCost: new Float64Array(0),
});

/** Blocks that a job is cut into at most: bounds a slot's work at blocks squared. */
const BLOCKS_MAX = 256;

/** Parameter-server sites that are tried in a slot: all of a small market's, the most promising by estimate of a large one's. */
const SMALL_SITES_MAX = 12;
const SERVERS_MAX = 4;

/** Spreads that a search may make of each slot, and plans that it may read for each completion: optimistic, pessimistic, greedy. */
const SPREADS = 2;
const PLANS = 3;

/** Rounds of spreading anew, and slots times sites times blocks that they may look at together. */
const ROUNDS_MAX = 4;
const REDEAL_WORK_MAX = 10_000;

/** How often a plan for the slots up to t may be spread anew with its homes as dealt. */
export const reassignRounds = (siteCount: number, blocks: number, t: number): number =>
  Math.min(ROUNDS_MAX, Math.floor(REDEAL_WORK_MAX / ((t + 1) * siteCount * blocks)));

/** Steps that a whole window takes at most, with a plan for every completion. */
export function spreadSteps(siteCount: number, slotCount: number, total: number): number {
  const blocks = Math.ceil(total / Math.ceil(total / BLOCKS_MAX));
  const servers = siteCount <= SMALL_SITES_MAX ? siteCount : SERVERS_MAX;
  const curve = sortingSteps(siteCount) + 2 * servers * fillSteps(siteCount, total) + (blocks * blocks) / 2 + blocks + 2 * siteCount;
  const rows = Math.min(slotCount, total);
  const reading =
    rows * (sortingSteps(siteCount) + fillSteps(siteCount, 0) + 6 * siteCount + rows) +
    6 * total +
    Math.min(RELIEF_STEPS_MAX, rows * rows * siteCount + total);
  const redealt = Math.min(ROUNDS_MAX * slotCount, REDEAL_WORK_MAX / (siteCount * blocks)) * curve;
  const greedy = siteCount * fillSteps(siteCount, total);
  return slotCount * (SPREADS * curve + PLANS * reading + redealt + greedy) + total * siteCount;
}

/** Begins a job: no slot is looked at yet. */
export function resetSpread(spread: Spread, problem: Problem, slotsMax: number): void {
  spread.grain = Math.ceil(problem.total / BLOCKS_MAX);
  spread.blocks = Math.ceil(problem.total / spread.grain);
  if (spread.homes === 'optimistic') spread.rule.atHome = problem.homes;
  else spread.rule.atHome = int32(spread.rule.atHome, spread.homes === 'assigned' ? slotsMax * problem.siteCount : problem.siteCount);
  const cells = (spread.blocks + 1) * slotsMax;
  spread.length = 0;
  spread.curveSlot = -1;
  spread.reach = int32(spread.reach, slotsMax);
  spread.least = float64(spread.least, cells);
  spread.share = int32(spread.share, cells);
  spread.server = int32(spread.server, cells);
  spread.curve = float64(spread.curve, spread.blocks + 1);
  spread.candidates = int32(spread.candidates, problem.siteCount);
  spread.candidateCost = float64(spread.candidateCost, problem.siteCount);
}

/** Felt price of serving all chunks from a server at `site`: itself, what fits beside it, the rest away at the cheapest site's price. */
export function estimateServer(problem: Problem, t: number, site: number, cheapestWorker: number): number {
  const at = t * problem.siteCount + site;
  const beside = problem.workersFor[problem.roomBesidePs[at]];
  const away = problem.workersFor[problem.total] - beside;
  const moves = (problem.total - Math.min(problem.homes[site], problem.roomBesidePs[at])) * problem.chunkKB;
  return (
    problem.psCost[at] +
    beside * problem.workerCost[at] +
    away * (cheapestWorker + problem.alpha[t] * problem.parameterKB) +
    moves * problem.alpha[t]
  );
}

/** Fills `candidates` with the sites worth trying as parameter server, the best estimate first. */
function chooseServers(problem: Problem, filler: Filler, spread: Spread, t: number): number {
  const { candidates, candidateCost } = spread;
  const cheapest = filler.orderLength > 0 ? problem.workerCost[t * problem.siteCount + filler.order[0]] : 0;
  const most = problem.siteCount <= SMALL_SITES_MAX ? problem.siteCount : SERVERS_MAX;
  let length = 0;
  for (let site = 0; site < problem.siteCount; site++) {
    if (problem.roomBesidePs[t * problem.siteCount + site] < 0) continue;
    const cost = estimateServer(problem, t, site, cheapest);
    if (length === most && cost >= candidateCost[length - 1]) continue;
    let at = length < most ? length++ : length - 1;
    for (; at > 0 && candidateCost[at - 1] > cost; at--) {
      candidates[at] = candidates[at - 1];
      candidateCost[at] = candidateCost[at - 1];
    }
    candidates[at] = site;
    candidateCost[at] = cost;
  }
  return length;
}

/** Blocks in a number of chunks that fit; the last block of the job may be short. */
const blocksIn = (problem: Problem, { grain, blocks }: Spread, chunks: number): number =>
  chunks === problem.total ? blocks : Math.floor(chunks / grain);

/** Takes over a fill where it is cheaper than the slot's curve so far. @returns the blocks that it holds. */
function mergeFill(problem: Problem, spread: Spread, filler: Filler, from: number, filled: number, server: number): number {
  const blocks = blocksIn(problem, spread, filled);
  for (let b = 1; b <= blocks; b++) {
    const cost = filler.cost[Math.min(b * spread.grain, problem.total)];
    if (cost < spread.curve[b]) {
      spread.curve[b] = cost;
      spread.server[from + b] = server;
    }
  }
  return blocks;
}

function fill(problem: Problem, filler: Filler, spread: Spread, t: number, ps: number, thrifty: boolean, limit: number): number {
  spread.rule.bandwidthFirst = thrifty;
  spread.rule.atHomeFrom = spread.homes === 'assigned' ? t * problem.siteCount : 0;
  return fillSlot(problem, filler, t, ps, spread.rule, limit);
}

/** Cheapest price of b blocks in slot t, over the servers worth trying. @returns the most blocks that fit. */
function slotCurve(problem: Problem, filler: Filler, spread: Spread, t: number): number {
  sortSites(problem, filler, t);
  spread.curve.fill(Infinity, 0, spread.blocks + 1);
  const from = t * (spread.blocks + 1);
  const servers = chooseServers(problem, filler, spread, t);
  let most = 0;
  for (let i = 0; i < servers; i++) {
    const ps = spread.candidates[i];
    const filled = fill(problem, filler, spread, t, ps, false, problem.total);
    most = Math.max(most, mergeFill(problem, spread, filler, from, filled, ps));
    if (!filler.starved) continue;
    const thrifty = fill(problem, filler, spread, t, ps, true, problem.total);
    most = Math.max(most, mergeFill(problem, spread, filler, from, thrifty, ~ps));
  }
  return most;
}

/** Extends the table by the next opened slot. */
export function spreadSlot(problem: Problem, filler: Filler, spread: Spread): void {
  const t = spread.length++;
  const width = spread.blocks + 1;
  if (t > 0 && spread.homes !== 'assigned' && sameSlot(problem, spread.curveSlot, t)) copyServers(spread, width, spread.curveSlot, t);
  else spread.most = slotCurve(problem, filler, spread, t);
  spread.curveSlot = t;
  const reachBefore = t === 0 ? 0 : spread.reach[t - 1];
  const reach = Math.min(spread.blocks, reachBefore + spread.most);
  spread.reach[t] = reach;
  const { least, share, curve } = spread;
  const now = t * width;
  const before = now - width;
  const enough = t > 0 ? least[now - 1] : Infinity; // the whole job by the slot before: what costs as much is no use
  let most = spread.most;
  while (most > 0 && curve[most] >= enough) most--;
  least.fill(Infinity, now, now + width);
  share.fill(0, now, now + width);
  least[now] = 0;
  problem.steps += spread.most * reach + width + problem.siteCount;
  for (let n = 1; n <= reach; n++) {
    let best = t > 0 ? least[before + n] : Infinity;
    let taken = 0;
    const limit = Math.min(n, most);
    for (let here = Math.max(1, n - reachBefore); here <= limit; here++) {
      const cost = curve[here] + (here === n ? 0 : least[before + n - here]);
      if (cost < best) {
        best = cost;
        taken = here;
      }
    }
    least[now + n] = n === spread.blocks || best < enough ? best : Infinity;
    share[now + n] = taken;
  }
}

function copyServers(spread: Spread, width: number, from: number, to: number): void {
  spread.server.copyWithin(to * width, from * width, from * width + spread.most + 1);
}

/** Least price of the whole job by slot t, as far as the curves know. */
export const leastOf = (spread: Spread, t: number): number => spread.least[t * (spread.blocks + 1) + spread.blocks];

/** Whether the cheapest way by slot t uses slot t itself. */
export const usesSlot = (spread: Spread, t: number): boolean => spread.share[t * (spread.blocks + 1) + spread.blocks] > 0;

/** Takes over a plan's dealing as what is at home, for the slots up to `last`, and begins the spread anew. */
export function takeDealing(problem: Problem, spread: Spread, plan: Plan, last: number): void {
  const { siteCount, homes } = problem;
  const { atHome } = spread.rule;
  problem.steps += siteCount * (2 * plan.length + last + 1);
  for (let site = 0; site < siteCount; site++) {
    let left = homes[site];
    for (let row = 0; row < plan.length; row++) left -= plan.credits[row * siteCount + site];
    for (let t = 0; t <= last; t++) atHome[t * siteCount + site] = left;
    for (let row = 0; row < plan.length; row++) atHome[plan.slot[row] * siteCount + site] += plan.credits[row * siteCount + site];
  }
  spread.length = 0;
  spread.curveSlot = -1;
}

/** Reads the plan for all chunks by slot `last` back into `plan` (counts and servers; homes are dealt afterwards). */
export function readPlan(problem: Problem, filler: Filler, spread: Spread, plan: Plan, last: number): void {
  const { siteCount, total } = problem;
  const { blocks, grain, share } = spread;
  plan.length = 0;
  let surplus = blocks * grain - total; // the short block, taken off the first slot that is read
  for (let t = last, b = blocks; b > 0; t--) {
    const here = share[t * (blocks + 1) + b];
    if (here === 0) continue;
    const server = spread.server[t * (blocks + 1) + here];
    const ps = server < 0 ? ~server : server;
    sortSites(problem, filler, t);
    fill(problem, filler, spread, t, ps, server < 0, here * grain - surplus);
    surplus = 0;
    const row = plan.length++;
    plan.slot[row] = t;
    plan.ps[row] = ps;
    for (let site = 0; site < siteCount; site++) plan.counts[row * siteCount + site] = filler.counts[site];
    problem.steps += 2 * siteCount;
    b -= here;
  }
  problem.steps += last;
  reverseRows(plan, siteCount);
}

function reverseRows(plan: Plan, siteCount: number): void {
  for (let low = 0, high = plan.length - 1; low < high; low++, high--) {
    swap(plan.slot, low, high);
    swap(plan.ps, low, high);
    for (let site = 0; site < siteCount; site++) swap(plan.counts, low * siteCount + site, high * siteCount + site);
  }
}

function swap(array: Int32Array, a: number, b: number): void {
  const kept = array[a];
  array[a] = array[b];
  array[b] = kept;
}
