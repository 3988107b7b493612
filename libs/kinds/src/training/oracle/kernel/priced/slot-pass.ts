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
  /** Ways that a state has room for: WAYS or one, of which the cost is Infinity where there is none. */
  stride: number;
  /** What a kB costs in the slot at hand; the kB that it has, and what the middle way pays for one beside. In here, for numbers that are handed over are allocated. */
  alpha: number;
  budget: number;
  beta: number;
  /** The current level and the one before: up to as many ways a state, by rising cost and falling traffic. */
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

/** Adds a site to the pass, three ways a state. @param reach most chunks before, and `next` afterwards. */
export function addSiteWays(table: SlotTable, site: number, reach: number, next: number): void {
  const { width } = table;
  const base = site * 2 * width * WAYS;
  let turns = 0;
  for (let state = 0; state < 2 * width; state += width)
    for (let m = 0; m <= next; m++) turns += findWays(table, base, state, m, m > reach ? m - reach : 0);
  table.steps += turns;
}

/**
 * Finds the ways of m chunks, `state` chunks on where a server is placed, among all that options of `low` chunks or more come from; `base` is where the site's codes
 * stand. What could better neither the cheapest nor the thriftiest way is passed over. @returns what was looked at.
 */
function findWays(table: SlotTable, base: number, state: number, m: number, low: number): number {
  const { budget, beta, cost, kb, ways, costBefore, kbBefore, waysBefore, back, away, beside } = table;
  let turns = 0;
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
  for (let role = state > 0 ? 1 : 0; role >= 0; role--) {
    const options = role === 1 ? beside : away;
    if (options.most < low) continue;
    const { from, cost: optionCost, kb: optionKB, code } = options;
    const source = m + (role === 1 ? 0 : state);
    for (let o = from[low], end = from[(options.most < m ? options.most : m) + 1]; o < end; o++) {
      const before = source - (code[o] >> CHUNKS);
      const known = waysBefore[before];
      turns += 1 + known;
      if (known === 0) continue;
      const least = costBefore[before * WAYS] + optionCost[o];
      const leastKB = kbBefore[before * WAYS + known - 1] + optionKB[o];
      if (leastKB > budget || (least > cheapCost && leastKB > thriftyKB && least + beta * leastKB >= middle)) continue;
      for (let z = before * WAYS, last = z + known, way = 0; z < last; z++, way++) {
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
  return turns;
}

/** Adds a site to the pass, the cheapest way a state; `cost` and `kb` have one place a state then, Infinity where none leads there. */
export function addSite(table: SlotTable, site: number, reach: number, next: number): void {
  const { width, away, beside } = table;
  const back = site * 2 * width;
  offerOptions(table, away, 0, 0, back, reach, next, false);
  offerOptions(table, away, width, width, back, reach, next, false);
  if (beside.most >= 0) offerOptions(table, beside, 0, width, back, reach, next, true);
}

/**
 * Takes each state over that an option leads to, where that is cheapest.
 * @param from where the states of the level before begin, `to` those that they lead to, `back` what is noted of these. @param reach most chunks before, and
 * `next` afterwards. @param isMore whether others were offered before.
 */
function offerOptions(
  table: SlotTable,
  options: Options,
  from: number,
  to: number,
  back: number,
  reach: number,
  next: number,
  isMore: boolean,
): void {
  let m = 0;
  for (; m + 3 <= next; m += 4) {
    offerFour(table, options, from, to, back, m > reach ? m - reach : 0, m, isMore);
    for (let late = m + 1; options.most > m && late <= m + 3; late++) offerOne(table, options, from, to, back, m + 1, late, true);
  }
  for (; m <= next; m++) offerOne(table, options, from, to, back, m > reach ? m - reach : 0, m, isMore);
}

/** Of state m, the options of `least` chunks or more. */
function offerOne(
  table: SlotTable,
  options: Options,
  from: number,
  to: number,
  back: number,
  least: number,
  m: number,
  isMore: boolean,
): void {
  const { cost, costBefore } = table;
  const { most, cost: price } = options;
  let cheapest = isMore ? cost[to + m] : Infinity;
  let taken = -1;
  for (let y = least; y <= most && y <= m; y++) {
    if (price[y] + costBefore[from + m - y] >= cheapest) continue;
    cheapest = price[y] + costBefore[from + m - y];
    taken = y;
  }
  if (!isMore || taken >= 0) takeOption(table, options, from + m, to + m, cheapest, taken, back);
}

/** Of the states from m to m + 3, the options of `least` to m chunks: four at a time share what they read. */
function offerFour(
  table: SlotTable,
  options: Options,
  from: number,
  to: number,
  back: number,
  least: number,
  m: number,
  isMore: boolean,
): void {
  const { cost, costBefore } = table;
  const { most, cost: price } = options;
  const at = from + m;
  let y = least;
  let least0 = isMore ? cost[to + m] : Infinity;
  let least1 = isMore ? cost[to + m + 1] : Infinity;
  let least2 = isMore ? cost[to + m + 2] : Infinity;
  let least3 = isMore ? cost[to + m + 3] : Infinity;
  let y0 = -1;
  let y1 = -1;
  let y2 = -1;
  let y3 = -1;
  let before1 = costBefore[at - y + 1];
  let before2 = costBefore[at - y + 2];
  let before3 = costBefore[at - y + 3];
  for (const end = most < m ? most : m; y <= end; y++) {
    const here = price[y];
    const before0 = costBefore[at - y];
    if (here + before0 < least0) {
      least0 = here + before0;
      y0 = y;
    }
    if (here + before1 < least1) {
      least1 = here + before1;
      y1 = y;
    }
    if (here + before2 < least2) {
      least2 = here + before2;
      y2 = y;
    }
    if (here + before3 < least3) {
      least3 = here + before3;
      y3 = y;
    }
    before3 = before2;
    before2 = before1;
    before1 = before0;
  }
  if (!isMore || y0 >= 0) takeOption(table, options, at, to + m, least0, y0, back);
  if (!isMore || y1 >= 0) takeOption(table, options, at + 1, to + m + 1, least1, y1, back);
  if (!isMore || y2 >= 0) takeOption(table, options, at + 2, to + m + 2, least2, y2, back);
  if (!isMore || y3 >= 0) takeOption(table, options, at + 3, to + m + 3, least3, y3, back);
}

/** Notes how a state is reached; -1: not at all. */
function takeOption(
  { cost, kb, kbBefore, back }: SlotTable,
  { kb: traffic, code }: Options,
  from: number,
  to: number,
  least: number,
  y: number,
  backTo: number,
): void {
  cost[to] = least;
  if (y < 0) return;
  kb[to] = kbBefore[from - y] + traffic[y];
  back[backTo + to] = code[y];
}
