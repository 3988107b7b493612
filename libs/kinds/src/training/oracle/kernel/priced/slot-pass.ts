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
export interface Options {
  /** Most chunks; -1: none possible. */
  most: number;
  from: Int32Array;
  cost: Float64Array;
  kb: Float64Array;
  code: Int32Array;
}

/** Where the chunks stand in a code. */
export const CHUNKS = 12;

/** Adds a site to the pass, three ways a state: for each state to come, looks at all it could come from. */
export function addSiteWays(table: SlotTable, site: number, reach: number, next: number, budget: number, beta: number): void {
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
export function addSite(table: SlotTable, site: number, reach: number, next: number): void {
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
