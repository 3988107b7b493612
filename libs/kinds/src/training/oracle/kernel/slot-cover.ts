import type { Lattice } from './lattice.js';
import { float64, int32, type Problem } from './problem.js';

/**
 * The exact price of training a given set of chunks in one slot. A cover says how many chunks of each home are trained in the slot; its
 * index is mixed-radix over the homes, the last site fastest. For one server site, sites are decided one after the other: a site processes
 * its own chunks of the cover plus an inflow (negative: it ships them), and the flows sum to zero. A state is (cover so far, net inflow
 * so far); it keeps the cheapest way and, where the slot's bandwidth budget can bind, the ways that cost more but send less.
 */
export interface SlotCover {
  /** Steps counted since the search began, and the count at which pricing stops. */
  steps: number;
  stepsMax: number;
  /** cheapest[c]: least price of cover c, and the server site that gives it. */
  cheapest: Float64Array;
  server: Int32Array;
  /** Two levels of states, swapped from site to site: price and traffic per way, and ways per state. */
  price: [Float64Array, Float64Array];
  traffic: [Float64Array, Float64Array];
  ways: [Int32Array, Int32Array];
}

/** Arrays that only grow. */
export const createSlotCover = (): SlotCover => ({
  steps: 0,
  stepsMax: 0,
  cheapest: new Float64Array(0),
  server: new Int32Array(0),
  price: [new Float64Array(0), new Float64Array(0)],
  traffic: [new Float64Array(0), new Float64Array(0)],
  ways: [new Int32Array(0), new Int32Array(0)],
});

/** Ways that a state keeps where bandwidth can bind; beyond, the costlier of the middle ones are dropped. */
export const WAYS_MAX = 8;

/** Whether any plan of one slot could exceed its bandwidth budget. */
export const budgetBinds = (problem: Problem, t: number): boolean =>
  problem.total * problem.chunkKB + (problem.workersFor[problem.total] + problem.siteCount) * problem.parameterKB > problem.budgetKB[t];

/**
 * Adds a way to a state: kept where no kept way is as cheap and sends as little. Ways are in order of rising price and falling traffic.
 * @returns nothing; arrays are changed in place.
 */
export function addWay(
  price: Float64Array,
  traffic: Float64Array,
  ways: Int32Array,
  state: number,
  waysMax: number,
  cost: number,
  sent: number,
): void {
  const from = state * waysMax;
  const count = ways[state];
  let at = 0;
  while (at < count && price[from + at] <= cost) at++;
  if (at > 0 && traffic[from + at - 1] <= sent) return;
  let end = at;
  while (end < count && traffic[from + end] >= sent) end++;
  const kept = count - (end - at);
  if (kept === waysMax) {
    if (at === waysMax)
      at = waysMax - 1; // the thriftiest way replaces the last: keeps what can still fit
    else for (let i = kept - 1; i > at; i--) moveWay(price, traffic, from + i - 1, from + i);
  } else if (end === at) for (let i = count; i > at; i--) moveWay(price, traffic, from + i - 1, from + i);
  else for (let i = end; i < count; i++) moveWay(price, traffic, from + i, from + at + 1 + i - end);
  price[from + at] = cost;
  traffic[from + at] = sent;
  ways[state] = Math.min(waysMax, kept + 1);
}

function moveWay(price: Float64Array, traffic: Float64Array, from: number, to: number): void {
  price[to] = price[from];
  traffic[to] = traffic[from];
}

/** Makes room for `coverCount` covers and for the widest level of states. */
export function reserveSlotCover(cover: SlotCover, coverCount: number, statesMax: number): void {
  cover.cheapest = float64(cover.cheapest, coverCount);
  cover.server = int32(cover.server, coverCount);
  for (const side of [0, 1] as const) {
    cover.price[side] = float64(cover.price[side], statesMax * WAYS_MAX);
    cover.traffic[side] = float64(cover.traffic[side], statesMax * WAYS_MAX);
    cover.ways[side] = int32(cover.ways[side], statesMax);
  }
}

/**
 * Fills `cheapest` and `server` for all covers of slot t. Covers that do not fit cost Infinity.
 * @returns whether its steps lasted to the end.
 */
export function priceCovers(problem: Problem, cover: SlotCover, lattice: Lattice, t: number): boolean {
  cover.cheapest.fill(Infinity, 0, lattice.coverCount);
  cover.cheapest[0] = 0;
  const waysMax = budgetBinds(problem, t) ? WAYS_MAX : 1;
  for (let ps = 0; ps < problem.siteCount; ps++) {
    if (problem.roomBesidePs[t * problem.siteCount + ps] < 0) continue;
    priceCoversWith(problem, cover, lattice, t, ps, waysMax);
    if (cover.steps > cover.stepsMax) return false;
  }
  return true;
}

const roomAt = (problem: Problem, t: number, site: number): number =>
  site < 0 ? 0 : Math.max(0, problem.room[t * problem.siteCount + site]);

function priceCoversWith(problem: Problem, cover: SlotCover, lattice: Lattice, t: number, ps: number, waysMax: number): void {
  const { siteCount, total } = problem;
  const { site, unit, levels, length, coverCount } = lattice;
  let side: 0 | 1 = 0;
  cover.ways[0][0] = 1;
  cover.price[0][0] = problem.psCost[t * siteCount + ps];
  cover.traffic[0][0] = 0;
  let covers = 1;
  let low = 0; // net inflow so far lies in [-low, high]
  let high = 0;
  let chunksLeft = total;
  let roomLeft = 0;
  for (let entry = 0; entry < length; entry++) roomLeft += roomAt(problem, t, site[entry]);
  for (let entry = 0; entry < length; entry++) {
    const own = unit[entry] * levels[entry];
    chunksLeft -= own;
    roomLeft -= roomAt(problem, t, site[entry]);
    const nextLow = Math.min(low + own, roomLeft);
    const nextHigh = chunksLeft;
    extendSite(problem, cover, {
      t,
      ps,
      site: site[entry],
      unit: unit[entry],
      levels: levels[entry],
      side,
      covers,
      low,
      high,
      nextLow,
      nextHigh,
      waysMax,
    });
    if (cover.steps > cover.stepsMax) return;
    side = side === 0 ? 1 : 0;
    covers *= levels[entry] + 1;
    low = nextLow;
    high = nextHigh;
  }
  for (let c = 1; c < coverCount; c++) {
    if (cover.ways[side][c] > 0 && cover.price[side][c * waysMax] < cover.cheapest[c]) {
      cover.cheapest[c] = cover.price[side][c * waysMax];
      cover.server[c] = ps;
    }
  }
}

interface Step {
  readonly t: number;
  readonly ps: number;
  /** -1: a pool. */
  readonly site: number;
  readonly unit: number;
  readonly levels: number;
  readonly side: 0 | 1;
  readonly covers: number;
  readonly low: number;
  readonly high: number;
  readonly nextLow: number;
  readonly nextHigh: number;
  readonly waysMax: number;
}

/** Steps of an entry that do not depend on its states, and of adding a way where several are kept. */
const SITE_STEPS = 60;
const WAYS_STEPS = 8;

/** Decides one entry for every state of the level before it. */
function extendSite(problem: Problem, cover: SlotCover, step: Step): void {
  const { t, ps, site, unit, levels, covers, low, high, nextLow, nextHigh, waysMax } = step;
  const at = t * problem.siteCount + site;
  const { workersFor, chunkKB } = problem;
  const room = ps === site ? problem.roomBesidePs[at] : roomAt(problem, t, site);
  const awayKB = ps === site ? 0 : problem.parameterKB;
  const perWorker = site < 0 ? 0 : problem.workerCost[at] + awayKB * problem.alpha[t];
  const perMove = chunkKB * problem.alpha[t];
  const budget = problem.budgetKB[t];
  const other = step.side === 0 ? 1 : 0;
  const price = cover.price[step.side];
  const traffic = cover.traffic[step.side];
  const ways = cover.ways[step.side];
  const nextPrice = cover.price[other];
  const nextTraffic = cover.traffic[other];
  const nextWays = cover.ways[other];
  const nextWidth = nextLow + nextHigh + 1;
  const span = (levels + 1) * nextWidth;
  nextWays.fill(0, 0, covers * span);
  const perTurn = waysMax > 1 ? WAYS_STEPS : 2;
  const turnsMax = (cover.stepsMax - cover.steps) / perTurn;
  let turns = 0;
  for (let c = 0, state = 0; c < covers && turns <= turnsMax; c++) {
    for (let net = -low; net <= high; net++, state++) {
      for (let way = state * waysMax, end = way + ways[state]; way < end; way++) {
        for (let level = 0, own = 0, row = c * span; level <= levels; level++, own += unit, row += nextWidth) {
          const from = Math.max(0, own - nextLow - net);
          const to = Math.min(room, own + nextHigh - net);
          if (to >= from) turns += to - from + 1;
          for (let count = from; count <= to; count++) {
            const inflow = count - own;
            const workers = workersFor[count];
            const moved = inflow > 0 ? inflow : 0;
            const sent = traffic[way] + moved * chunkKB + workers * awayKB;
            if (sent > budget) break;
            const cost = price[way] + workers * perWorker + moved * perMove;
            const next = row + net + inflow + nextLow;
            if (waysMax > 1) addWay(nextPrice, nextTraffic, nextWays, next, waysMax, cost, sent);
            else if (nextWays[next] === 0 || cost < nextPrice[next]) {
              nextWays[next] = 1;
              nextPrice[next] = cost;
              nextTraffic[next] = sent;
            }
          }
        }
      }
    }
  }
  cover.steps += SITE_STEPS + (covers * span) / 8 + covers * (low + high + 1) * (levels + 1) + turns * perTurn;
}
