import { float64, int32, type Problem } from '../problem.js';

/** Ways that a state keeps: the cheapest, the one of least cost plus priced traffic, the thriftiest. */
export const WAYS = 3;

/**
 * What n chunks cost in one slot, n = 0 … limit, homes priced: a pass over the sites with states (server placed or not, chunks so far).
 * It is separable although the server's site matters: every worker is away unless its site is where the server is placed. Chunks of a
 * site's own, up to a quota, cost their home's price; others cost traffic.
 */
export interface SlotTable {
  /** States per half of a level: chunks of the job + 1. The first half has no server yet. */
  width: number;
  /** Most chunks of the last table. */
  most: number;
  /** Work done, counted in comparisons. */
  steps: number;
  /** The current level and the one before: up to WAYS ways a state, by rising cost and falling traffic. */
  cost: Float64Array;
  kb: Float64Array;
  ways: Uint8Array;
  costBefore: Float64Array;
  kbBefore: Float64Array;
  waysBefore: Uint8Array;
  /** Per site, state and way: chunks << 12 | own of them at home << 3 | server here << 2 | way of the state before. */
  back: Int32Array;
  readonly away: Options;
  readonly beside: Options;
}

/** What a site may do, by chunks: options of y chunks are those from `from[y]` to `from[y + 1]`. */
interface Options {
  /** Most chunks; -1: none possible. */
  most: number;
  from: Int32Array;
  cost: Float64Array;
  kb: Float64Array;
  code: Int32Array;
}

const createOptions = (): Options => ({
  most: -1,
  from: new Int32Array(0),
  cost: new Float64Array(0),
  kb: new Float64Array(0),
  code: new Int32Array(0),
});

export const createSlotTable = (): SlotTable => ({
  width: 0,
  most: 0,
  steps: 0,
  cost: new Float64Array(0),
  kb: new Float64Array(0),
  ways: new Uint8Array(0),
  costBefore: new Float64Array(0),
  kbBefore: new Float64Array(0),
  waysBefore: new Uint8Array(0),
  back: new Int32Array(0),
  away: createOptions(),
  beside: createOptions(),
});

export function resetSlotTable(table: SlotTable, { siteCount, total }: Problem): void {
  const width = total + 1;
  const cells = 2 * width * WAYS;
  table.width = width;
  table.steps = 0;
  for (const name of ['cost', 'kb', 'costBefore', 'kbBefore'] as const) table[name] = float64(table[name], cells);
  for (const name of ['ways', 'waysBefore'] as const) if (table[name].length < 2 * width) table[name] = new Uint8Array(4 * width);
  table.back = int32(table.back, siteCount * cells);
  for (const options of [table.away, table.beside]) {
    options.from = int32(options.from, width + 1);
    options.cost = float64(options.cost, (SHARES + 2) * width);
    options.kb = float64(options.kb, (SHARES + 2) * width);
    options.code = int32(options.code, (SHARES + 2) * width);
  }
}

const CHUNKS = 12;
const HOME = 3;
const HOME_MASK = 0x1ff;
const SERVER = 1 << 2;
const WAY = 3;
/** Shares of a home, other than all of it and nothing, that may stay where its price is above a move's. */
const SHARES = Number(process.env.SHARES ?? 4);

/** Lists what a site may do. Where a home's price is above a move's, its chunks may move as well; `single`: then they all do. */
function listOptions(
  problem: Problem,
  options: Options,
  at: number,
  most: number,
  alpha: number,
  nu: number,
  quota: number,
  fixed: number,
  workerKB: number,
  flag: number,
  single: boolean,
): void {
  const { workersFor, chunkKB } = problem;
  const { from, cost, kb, code } = options;
  const worker = problem.workerCost[at];
  const dear = nu > chunkKB * alpha;
  options.most = most;
  let length = 0;
  for (let y = 0; y <= most; y++) {
    from[y] = length;
    const own = y < quota ? y : quota;
    const base = fixed + workersFor[y] * worker;
    const exchanged = workerKB * workersFor[y];
    const most = dear && single ? 0 : own;
    const step = dear ? Math.max(1, Math.ceil(own / SHARES)) : own + 1;
    for (let h = most; h >= 0; h = h > 0 && h < step && dear ? 0 : h - step) {
      const here = exchanged + chunkKB * (y - h);
      cost[length] = base + alpha * here + nu * h;
      kb[length] = here;
      code[length++] = (y << CHUNKS) | (h << HOME) | flag;
    }
  }
  if (most >= 0) from[most + 1] = length;
}

/**
 * Prices slot t for up to `limit` chunks. @param quotaFrom where the sites' quotas begin. @param beta extra price of a kB by which the middle
 * way is chosen. @param strict false: the budget is left out and one way kept, which is exact where `fits` says so afterwards.
 */
export function priceSlot(
  problem: Problem,
  table: SlotTable,
  t: number,
  limit: number,
  quota: Int32Array,
  nu: Float64Array,
  beta: number,
  strict: boolean,
): void {
  const { siteCount, room, roomBesidePs, psCost, parameterKB } = problem;
  const { away, beside, width } = table;
  const alpha = problem.alpha[t];
  table.ways.fill(0, 0, 2 * width);
  table.ways[0] = 1;
  table.cost[0] = 0;
  table.kb[0] = 0;
  let reach = 0;
  for (let site = 0, at = t * siteCount; site < siteCount; site++, at++) {
    if (room[at] <= 0 && roomBesidePs[at] < 0) continue;
    listOptions(problem, away, at, Math.min(room[at], limit), alpha, nu[site], quota[site], 0, parameterKB, 0, !strict);
    listOptions(problem, beside, at, Math.min(roomBesidePs[at], limit), alpha, nu[site], quota[site], psCost[at], 0, SERVER, !strict);
    const next = Math.min(limit, reach + Math.max(away.most, beside.most, 0));
    swapLevels(table);
    if (strict) addSiteWays(table, site, reach, next, problem.budgetKB[t], beta);
    else addSite(table, site, reach, next);
    table.steps += (next + 1) * (2 * (away.most + 1) + beside.most + 1) * (strict ? WAYS : 1);
    table.ways.fill(0, next + 1, width);
    table.ways.fill(0, width + next + 1, 2 * width);
    reach = next;
  }
  table.most = reach;
}

function swapLevels(table: SlotTable): void {
  const { cost, kb, ways } = table;
  table.cost = table.costBefore;
  table.kb = table.kbBefore;
  table.ways = table.waysBefore;
  table.costBefore = cost;
  table.kbBefore = kb;
  table.waysBefore = ways;
}

/** Adds a site to the pass, three ways a state: for each state to come, looks at all it could come from. */
function addSiteWays(table: SlotTable, site: number, reach: number, next: number, budget: number, beta: number): void {
  const { width, cost, kb, ways, costBefore, kbBefore, waysBefore, back, away, beside } = table;
  const base = site * 2 * width * WAYS;
  for (let state = 0; state < 2 * width; state += width) {
    for (let m = 0; m <= next; m++) {
      let cheapCost = Infinity;
      let cheapKB = Infinity;
      let cheapCode = 0;
      let middle = Infinity;
      let middleCost = 0;
      let middleKB = 0;
      let middleCode = 0;
      let thriftyCost = Infinity;
      let thriftyKB = Infinity;
      let thriftyCode = 0;
      const low = m > reach ? m - reach : 0;
      for (let role = state > 0 ? 1 : 0; role >= 0; role--) {
        const options = role === 1 ? beside : away;
        if (options.most < low) continue;
        const { from, cost: optionCost, kb: optionKB, code } = options;
        const source = m + (role === 1 ? 0 : state);
        for (let o = from[low], end = from[(options.most < m ? options.most : m) + 1]; o < end; o++) {
          const before = source - (code[o] >> CHUNKS);
          for (let z = before * WAYS, last = z + waysBefore[before], way = 0; z < last; z++, way++) {
            const k = kbBefore[z] + optionKB[o];
            if (k > budget) continue;
            const c = costBefore[z] + optionCost[o];
            if (c < cheapCost || (c === cheapCost && k < cheapKB)) {
              cheapCost = c;
              cheapKB = k;
              cheapCode = code[o] | way;
            }
            if (k < thriftyKB || (k === thriftyKB && c < thriftyCost)) {
              thriftyCost = c;
              thriftyKB = k;
              thriftyCode = code[o] | way;
            }
            if (c + beta * k < middle) {
              middle = c + beta * k;
              middleCost = c;
              middleKB = k;
              middleCode = code[o] | way;
            }
          }
        }
      }
      let z = (state + m) * WAYS;
      const first = z;
      if (cheapCost < Infinity) {
        cost[z] = cheapCost;
        kb[z] = cheapKB;
        back[base + z++] = cheapCode;
        if (middleKB < cheapKB && middleKB > thriftyKB) {
          cost[z] = middleCost;
          kb[z] = middleKB;
          back[base + z++] = middleCode;
        }
        if (thriftyKB < cheapKB) {
          cost[z] = thriftyCost;
          kb[z] = thriftyKB;
          back[base + z++] = thriftyCode;
        }
      }
      ways[state + m] = z - first;
    }
  }
}

/** Adds a site to the pass, the cheapest way a state. */
function addSite(table: SlotTable, site: number, reach: number, next: number): void {
  const { width, cost, kb, ways, costBefore, kbBefore, waysBefore, back, away, beside } = table;
  const base = site * 2 * width * WAYS;
  for (let state = 0; state < 2 * width; state += width) {
    for (let m = 0; m <= next; m++) {
      let least = Infinity;
      let leastKB = Infinity;
      let leastCode = 0;
      const low = m > reach ? m - reach : 0;
      for (let role = state > 0 ? 1 : 0; role >= 0; role--) {
        const options = role === 1 ? beside : away;
        if (options.most < low) continue;
        const { cost: optionCost, kb: optionKB, code } = options;
        const source = m + (role === 1 ? 0 : state);
        for (let y = low, end = options.most < m ? options.most : m; y <= end; y++) {
          if (waysBefore[source - y] === 0) continue;
          const z = (source - y) * WAYS;
          const c = costBefore[z] + optionCost[y];
          if (c > least) continue;
          const k = kbBefore[z] + optionKB[y];
          if (c === least && k >= leastKB) continue;
          least = c;
          leastKB = k;
          leastCode = code[y];
        }
      }
      const z = (state + m) * WAYS;
      ways[state + m] = least < Infinity ? 1 : 0;
      cost[z] = least;
      kb[z] = leastKB;
      back[base + z] = leastCode;
    }
  }
}

/** Whether all that the last table gives keeps within a budget: then leaving it out changed nothing. */
export function fits({ width, most, ways, kb }: SlotTable, budget: number): boolean {
  for (let n = 1; n <= most; n++) if (ways[width + n] > 0 && kb[(width + n) * WAYS] > budget) return false;
  return true;
}

/** Reads one way of n chunks: per site the chunks and how many of them are at home. @returns the server's site. */
export function readWay(
  { siteCount, room, roomBesidePs }: Problem,
  { width, back }: SlotTable,
  t: number,
  n: number,
  way: number,
  y: Int16Array,
  h: Int16Array,
): number {
  let state = width + n;
  let server = -1;
  let from = way;
  for (let site = siteCount - 1, at = t * siteCount + site; site >= 0; site--, at--) {
    y[site] = 0;
    h[site] = 0;
    if (room[at] <= 0 && roomBesidePs[at] < 0) continue;
    const code = back[(site * 2 * width + state) * WAYS + from];
    const count = code >> CHUNKS;
    y[site] = count;
    h[site] = (code >> HOME) & HOME_MASK;
    state -= count;
    if (code & SERVER) {
      server = site;
      state -= width;
    }
    from = code & WAY;
  }
  return server;
}
