import { float64, int32, sameSlot, type Problem } from '../problem.js';
import { addPattern, int16, type Pool } from './pool.js';
import { WAYS, type SlotTable } from './slot-pass.js';
import { fits, priceSlot, readWay } from './slot-table.js';

/** The slots that a search looks at, a lane each, by rising slot. */
export interface Lanes {
  count: number;
  /** Per lane: its slot, the most chunks that it is given; the first lane that offers the same: what is known of that one is known of all of them. */
  slot: Int32Array;
  limit: Int32Array;
  first: Int32Array;
  /** Of such a lane: what a kB of traffic is worth there (0: not known), and whether the budget was ever in the way. */
  beta: Float64Array;
  strict: Uint8Array;
  /** Scratch: a pattern. */
  y: Int16Array;
  h: Int16Array;
}

/** Arrays that only grow. */
export const createLanes = (): Lanes => ({
  count: 0,
  slot: new Int32Array(0),
  limit: new Int32Array(0),
  first: new Int32Array(0),
  beta: new Float64Array(0),
  strict: new Uint8Array(0),
  y: new Int16Array(0),
  h: new Int16Array(0),
});

/** Begins anew with no lane in use. */
export function resetLanes(lanes: Lanes, { siteCount }: Problem, lanesMax: number): void {
  lanes.count = 0;
  for (const name of ['slot', 'limit', 'first'] as const) lanes[name] = int32(lanes[name], lanesMax);
  for (const name of ['y', 'h'] as const) lanes[name] = int16(lanes[name], siteCount);
  lanes.beta = float64(lanes.beta, lanesMax);
  if (lanes.strict.length < lanesMax) lanes.strict = new Uint8Array(lanesMax * 2);
}

/** Opens a lane for slot t, the last of all. */
export function openLane(problem: Problem, lanes: Lanes, t: number): void {
  const lane = lanes.count++;
  let first = 0;
  while (first < lane && (lanes.first[first] !== first || !sameSlot(problem, lanes.slot[first], t))) first++;
  lanes.first[lane] = first;
  lanes.slot[lane] = t;
  lanes.limit[lane] = problem.total;
  lanes.beta[lane] = 0;
  lanes.strict[lane] = 0;
}

/** Gives lanes that offer what another does what is known of that. */
export function shareCurves({ count, first }: Lanes, { least, cheapest }: Pool, width: number): void {
  for (let lane = 0; lane < count; lane++) {
    if (first[lane] === lane) continue;
    const from = first[lane] * width;
    least.copyWithin(lane * width, from, from + width);
    cheapest.copyWithin(lane * width, from, from + width);
  }
}

/** Adds what the last table found for n chunks to the pool. */
function addWays(problem: Problem, table: SlotTable, pool: Pool, lanes: Lanes, lane: number): void {
  const { width, most, ways } = table;
  const t = lanes.slot[lane];
  for (let n = 1; n <= most; n++) {
    for (let way = 0; way < ways[width + n]; way++) {
      const server = readWay(problem, table, t, n, way, lanes.y, lanes.h);
      addPattern(problem, pool, lanes.first[lane] * width + n, t, server, lanes.y, lanes.h);
    }
    table.steps += 4 * problem.siteCount * ways[width + n];
  }
}

/** What the dearer, thriftier ways cost a kB, on average over the chunks; 0 where there is none. */
function worthOfTraffic({ width, most, ways, cost, kb }: SlotTable): number {
  let saved = 0;
  let paid = 0;
  for (let n = 1; n <= most; n++) {
    const first = (width + n) * WAYS;
    const last = first + ways[width + n] - 1;
    if (last <= first) continue;
    paid += cost[last] - cost[first];
    saved += kb[first] - kb[last];
  }
  return saved > 0 ? Math.max(1e-3, paid / saved) : 0;
}

/** Prices a lane at prices `nu` of homes of which a slot may take `quota`, and adds what it finds to the pool. */
export function priceLane(
  problem: Problem,
  table: SlotTable,
  pool: Pool,
  lanes: Lanes,
  lane: number,
  quota: Int32Array,
  nu: Float64Array,
): void {
  const t = lanes.slot[lane];
  const budget = problem.budgetKB[t];
  const first = lanes.first[lane];
  const limit = lanes.limit[lane];
  const beta = lanes.beta[first] > 0 ? lanes.beta[first] : 2 * problem.alpha[t];
  if (lanes.strict[first] === 0) {
    priceSlot(problem, table, t, limit, quota, nu, 0, false);
    if (!fits(table, budget)) lanes.strict[first] = 1;
  }
  if (lanes.strict[first] === 1) {
    priceSlot(problem, table, t, limit, quota, nu, beta, true);
    const worth = worthOfTraffic(table);
    if (worth > 0) lanes.beta[first] = worth;
  }
  addWays(problem, table, pool, lanes, lane);
}
