import { float64, int32, type Problem } from '../problem.js';
import { addSite, addSiteWays, CHUNKS, WAYS, type Options, type SlotTable } from './slot-pass.js';

const createOptions = (): Options => ({
  most: -1,
  from: new Int32Array(0),
  cost: new Float64Array(0),
  kb: new Float64Array(0),
  code: new Int32Array(0),
});

/** Arrays that only grow. */
export const createSlotTable = (): SlotTable => ({
  width: 0,
  most: 0,
  steps: 0,
  stride: WAYS,
  alpha: 0.5,
  budget: 0.5,
  beta: 0.5,
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

/** Room for a job. */
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

const HOME = 3;
const HOME_MASK = 0x1ff;
const SERVER = 1 << 2;
const WAY = 3;
/** Shares of a home, other than all of it and nothing, that may stay where its price is above a move's. */
const SHARES = 2;

/**
 * Lists what a site may do, away from the server or beside it, with up to `most` chunks. Where a home's price is above a move's, its chunks may move as well;
 * `single`: then they all do. Prices are read here: numbers with fractions that are handed over are allocated.
 */
function listOptions(
  problem: Problem,
  table: SlotTable,
  isBeside: boolean,
  at: number,
  site: number,
  most: number,
  quotas: Int32Array,
  prices: Float64Array,
  single: boolean,
): void {
  const { workersFor, chunkKB } = problem;
  const options = isBeside ? table.beside : table.away;
  const { from, cost, kb, code } = options;
  const { alpha } = table;
  const worker = problem.workerCost[at];
  const fixed = isBeside ? problem.psCost[at] : 0;
  const workerKB = isBeside ? 0 : problem.parameterKB;
  const flag = isBeside ? SERVER : 0;
  const quota = quotas[site];
  const nu = prices[site];
  const dear = nu > chunkKB * alpha;
  options.most = most;
  let length = 0;
  for (let y = 0; y <= most; y++) {
    from[y] = length;
    const own = y < quota ? y : quota;
    const base = fixed + workersFor[y] * worker;
    const exchanged = workerKB * workersFor[y];
    const step = dear ? Math.ceil(own / SHARES) : own;
    for (let h = dear && single ? 0 : own; h >= 0; h = h > 0 && dear ? Math.max(0, h - step) : -1) {
      const here = exchanged + chunkKB * (y - h);
      cost[length] = base + alpha * here + nu * h;
      kb[length] = here;
      code[length++] = (y << CHUNKS) | (h << HOME) | flag;
    }
  }
  if (most >= 0) from[most + 1] = length;
}

/**
 * Prices slot t for up to `limit` chunks. @param quotaFrom where the sites' quotas begin. @param beta extra price of a kB: by which the
 * middle way is chosen, if strict; else paid. @param strict false: the budget is left out and one way kept, which is exact where `fits` says so
 * afterwards.
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
  const { siteCount, room, roomBesidePs } = problem;
  const { away, beside, width } = table;
  table.alpha = problem.alpha[t] + (strict ? 0 : beta);
  table.budget = problem.budgetKB[t];
  table.beta = beta;
  table.stride = strict ? WAYS : 1;
  if (strict) table.ways.fill(0, 0, 2 * width);
  else table.cost.fill(Infinity, 0, 2 * width);
  table.ways[0] = 1;
  table.cost[0] = 0;
  table.kb[0] = 0;
  let reach = 0;
  for (let site = 0, at = t * siteCount; site < siteCount; site++, at++) {
    if (room[at] <= 0 && roomBesidePs[at] < 0) continue;
    listOptions(problem, table, false, at, site, Math.min(room[at], limit), quota, nu, !strict);
    listOptions(problem, table, true, at, site, Math.min(roomBesidePs[at], limit), quota, nu, !strict);
    const next = Math.min(limit, reach + Math.max(away.most, beside.most, 0));
    swapLevels(table);
    if (strict) addSiteWays(table, site, reach, next);
    else addSite(table, site, reach, next);
    if (!strict) table.steps += stepsOfSite(next, away.most, beside.most);
    for (let from = next + 1, end = width; end <= 2 * width; from += width, end += width)
      if (strict) table.ways.fill(0, from, end);
      else table.cost.fill(Infinity, from, end);
    reach = next;
  }
  table.most = reach;
  if (!strict) for (let n = 1; n <= reach; n++) table.ways[width + n] = table.cost[width + n] < Infinity ? 1 : 0;
}

/** Steps that pricing slot t takes with its budget in the way. */
export function tableSteps({ siteCount, total, room, roomBesidePs }: Problem, t: number): number {
  let steps = 0;
  let reach = 0;
  for (let site = 0, at = t * siteCount; site < siteCount; site++, at++) {
    if (room[at] <= 0 && roomBesidePs[at] < 0) continue;
    reach = Math.min(total, reach + Math.max(room[at], roomBesidePs[at], 0));
    steps += stepsOfSite(reach, Math.max(room[at], 0), Math.max(roomBesidePs[at], 0)) * WAYS;
  }
  return steps;
}

/** Steps of adding a site that holds so many chunks away from the server and beside it. */
const stepsOfSite = (reach: number, away: number, beside: number): number => (reach + 1) * (2 * (away + 1) + beside + 1);

function swapLevels(table: SlotTable): void {
  const { cost, kb, ways } = table;
  table.cost = table.costBefore;
  table.kb = table.kbBefore;
  table.ways = table.waysBefore;
  table.costBefore = cost;
  table.kbBefore = kb;
  table.waysBefore = ways;
}

/** Whether all that the last table gives keeps within a budget: then leaving it out changed nothing. */
export function fits({ width, most, ways, kb, stride }: SlotTable, budget: number): boolean {
  for (let n = 1; n <= most; n++) if (ways[width + n] > 0 && kb[(width + n) * stride] > budget) return false;
  return true;
}

/** Reads one way of n chunks: per site the chunks and how many of them are at home. @returns the server's site. */
export function readWay(
  { siteCount, room, roomBesidePs }: Problem,
  { width, back, stride }: SlotTable,
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
    const code = back[(site * 2 * width + state) * stride + from];
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
