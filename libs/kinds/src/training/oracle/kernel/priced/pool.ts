import { float64, int32, type Problem } from '../problem.js';

/**
 * What slots could do, as found so far: patterns of (server, chunks and own chunks at home per site). Those of a cell, which is a lane and
 * a count of chunks (lane times width plus chunks), are chained.
 */
export interface Pool {
  length: number;
  cell: Int32Array;
  ps: Int32Array;
  next: Int32Array;
  hash: Int32Array;
  /** True price, and traffic in kB. */
  cost: Float64Array;
  kb: Float64Array;
  /** Per pattern and site. */
  y: Int16Array;
  h: Int16Array;
  /** Price with homes priced, as reduced last. */
  reduced: Float64Array;
  /** Per cell: its first pattern, the cheapest one as reduced last, and the price of that. -1, Infinity: none. */
  cells: number;
  head: Int32Array;
  cheapest: Int32Array;
  least: Float64Array;
  /** Scratch: the sites whose homes have a price. */
  priced: Int32Array;
  steps: number;
}

/** Patterns that are kept of a job; what is found beyond is not. */
const PATTERNS_MAX = 1 << 15;
const PATTERNS_FIRST = 1 << 12;

/** Arrays that only grow. */
export const createPool = (): Pool => ({
  length: 0,
  cell: new Int32Array(0),
  ps: new Int32Array(0),
  next: new Int32Array(0),
  hash: new Int32Array(0),
  cost: new Float64Array(0),
  kb: new Float64Array(0),
  y: new Int16Array(0),
  h: new Int16Array(0),
  reduced: new Float64Array(0),
  cells: 0,
  head: new Int32Array(0),
  cheapest: new Int32Array(0),
  least: new Float64Array(0),
  priced: new Int32Array(0),
  steps: 0,
});

/** Begins anew without patterns. */
export function resetPool(pool: Pool, { siteCount, total }: Problem, lanesMax: number): void {
  pool.cells = lanesMax * (total + 1);
  pool.steps = 0;
  for (const name of ['head', 'cheapest'] as const) pool[name] = int32(pool[name], pool.cells);
  pool.least = float64(pool.least, pool.cells);
  pool.priced = int32(pool.priced, siteCount);
  reserve(pool, PATTERNS_FIRST, siteCount);
  clearPool(pool);
}

/** Forgets all patterns. */
export function clearPool(pool: Pool): void {
  pool.length = 0;
  pool.head.fill(-1, 0, pool.cells);
}

/** Whether the pool takes no more patterns. */
export const isFull = ({ length }: Pool): boolean => length >= PATTERNS_MAX;

/** Makes room for `count` patterns, keeping those there are. */
function reserve(pool: Pool, count: number, siteCount: number): void {
  if (pool.ps.length < count) {
    for (const name of ['cell', 'ps', 'next', 'hash'] as const) pool[name] = grown(pool[name], new Int32Array(count));
    for (const name of ['cost', 'kb', 'reduced'] as const) pool[name] = grown(pool[name], new Float64Array(count));
  }
  if (pool.y.length < pool.ps.length * siteCount)
    for (const name of ['y', 'h'] as const) pool[name] = grown(pool[name], new Int16Array(pool.ps.length * siteCount));
}

function grown<Values extends Int32Array | Float64Array | Int16Array>(from: Values, to: Values): Values {
  to.set(from);
  return to;
}

/**
 * Adds what `y` and `h` say slot t does to a cell, unless it is there.
 * @returns the pattern; -1 where the pool is full.
 */
export function addPattern(problem: Problem, pool: Pool, cell: number, t: number, server: number, y: Int16Array, h: Int16Array): number {
  const { siteCount, workersFor, workerCost, chunkKB, parameterKB } = problem;
  let hash = server | 0;
  for (let site = 0; site < siteCount; site++) hash = (Math.imul(hash, 31) + y[site] * 257 + h[site]) | 0;
  for (let x = pool.head[cell]; x >= 0; x = pool.next[x]) if (pool.hash[x] === hash) return x;
  if (isFull(pool)) return -1;
  if (pool.length === pool.ps.length) reserve(pool, pool.length * 2, siteCount);
  const x = pool.length++;
  const base = t * siteCount;
  let kb = 0;
  let cost = problem.psCost[base + server];
  for (let site = 0, at = x * siteCount; site < siteCount; site++, at++) {
    const workers = workersFor[y[site]];
    pool.y[at] = y[site];
    pool.h[at] = h[site];
    kb += chunkKB * (y[site] - h[site]);
    if (site !== server) kb += parameterKB * workers;
    cost += workers * workerCost[base + site];
  }
  pool.ps[x] = server;
  pool.cost[x] = cost + problem.alpha[t] * kb;
  pool.kb[x] = kb;
  pool.hash[x] = hash;
  pool.cell[x] = cell;
  pool.next[x] = pool.head[cell];
  pool.head[cell] = x;
  return x;
}

/** Prices all patterns with homes at `nu`, and each cell by its cheapest. */
export function reducePool(pool: Pool, nu: Float64Array, siteCount: number): void {
  const { length, cell, cost, h, reduced, least, cheapest, priced } = pool;
  let count = 0;
  for (let site = 0; site < siteCount; site++) if (nu[site] > 0) priced[count++] = site;
  least.fill(Infinity, 0, pool.cells);
  for (let x = 0, at = 0; x < length; x++, at += siteCount) {
    let price = cost[x];
    for (let i = 0; i < count; i++) {
      const site = priced[i];
      price += nu[site] * h[at + site];
    }
    reduced[x] = price;
    if (price < least[cell[x]]) {
      least[cell[x]] = price;
      cheapest[cell[x]] = x;
    }
  }
  pool.steps += length * (count + 2);
}

/** Scratch of the length of a market's sites. */
export const int16 = (array: Int16Array, length: number): Int16Array => (array.length >= length ? array : new Int16Array(length * 2));
