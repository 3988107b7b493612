import { costOfPlan, trafficOfRow, type Plan } from '../plan.js';
import { float64, int32, type Problem } from '../problem.js';

const ROUNDS_MAX = 8;

/**
 * The other direction: site after site over all slots of a plan. Servers stand still, and a site keeps to the traffic it causes in each slot
 * (and to what is left there, one site at a time); then sites share nothing but the count of chunks, and what m chunks cost at a site is a
 * pass over the slots, its own chunks trained where bandwidth is dearest.
 */
export interface SitePass {
  width: number;
  /** Rows by falling price of bandwidth, those that can take no move first. */
  order: Int32Array;
  /** Per row: traffic left, and what the site at hand may cause. */
  slack: Float64Array;
  allowed: Float64Array;
  /** Per site: chunks and price in the plan. */
  chunks: Int32Array;
  price: Float64Array;
  /** Price of m chunks per site, kept to its own traffic (0) or with the slack (1), and the chunks per place in the order. */
  least: Float64Array;
  share: Int16Array;
  slotsMax: number;
  /** The sites of the last exchange; -1: none. */
  taker: number;
  giver: number;
  steps: number;
}

/** Arrays that only grow. */
export const createSitePass = (): SitePass => ({
  width: 0,
  order: new Int32Array(0),
  slack: new Float64Array(0),
  allowed: new Float64Array(0),
  chunks: new Int32Array(0),
  price: new Float64Array(0),
  least: new Float64Array(0),
  share: new Int16Array(0),
  slotsMax: 0,
  taker: -1,
  giver: -1,
  steps: 0,
});

/** Room for plans of `slotsMax` slots. */
export function resetSitePass(pass: SitePass, { siteCount, total }: Problem, slotsMax: number): void {
  pass.width = total + 1;
  pass.slotsMax = slotsMax;
  pass.steps = 0;
  pass.order = int32(pass.order, slotsMax);
  pass.chunks = int32(pass.chunks, siteCount);
  for (const name of ['slack', 'allowed'] as const) pass[name] = float64(pass[name], slotsMax);
  pass.price = float64(pass.price, siteCount);
  pass.least = float64(pass.least, 2 * siteCount * pass.width);
  const cells = 2 * siteCount * slotsMax * pass.width;
  if (pass.share.length < cells) pass.share = new Int16Array(cells * 2);
}

/** Sorts the rows and notes what each has left. @returns whether a row that could take a move cannot any more, or the other way round: the order may be another one then. */
function sortRows(problem: Problem, pass: SitePass, plan: Plan): boolean {
  const { order, slack } = pass;
  let isOther = false;
  for (let row = 0; row < plan.length; row++) {
    const before = slack[row];
    slack[row] = problem.budgetKB[plan.slot[row]] - trafficOfRow(problem, plan, row);
    if (before < problem.chunkKB !== slack[row] < problem.chunkKB) isOther = true;
    let at = row;
    for (; at > 0 && goesFirst(problem, pass, plan, row, order[at - 1]); at--) order[at] = order[at - 1];
    order[at] = row;
  }
  return isOther;
}

function goesFirst({ alpha, chunkKB }: Problem, { slack }: SitePass, { slot }: Plan, row: number, other: number): boolean {
  const full = slack[row] < chunkKB;
  return full === slack[other] < chunkKB ? alpha[slot[row]] > alpha[slot[other]] : full;
}

/** Counts a site's chunks and price, and allows it its own traffic in each row. */
function lookAtSite(problem: Problem, pass: SitePass, plan: Plan, site: number): void {
  const { siteCount, workersFor, workerCost, chunkKB, parameterKB, alpha } = problem;
  let chunks = 0;
  let price = 0;
  for (let row = 0, at = site; row < plan.length; row++, at += siteCount) {
    const t = plan.slot[row];
    const workers = workersFor[plan.counts[at]];
    const kb = chunkKB * (plan.counts[at] - plan.credits[at]) + (plan.ps[row] === site ? 0 : parameterKB * workers);
    pass.allowed[row] = kb;
    chunks += plan.counts[at];
    price += alpha[t] * kb + workerCost[t * siteCount + site] * workers;
  }
  pass.chunks[site] = chunks;
  pass.price[site] = price;
}

/** Chunks among y that must move where m are trained at the site by then and `own` of them are its own. */
const movedOf = (m: number, y: number, own: number): number => (m <= own ? 0 : y < m - own ? y : m - own);

/** Prices m = 0 … all chunks at a site over the plan's slots. @param slack whether it may use what is left of each slot. */
function priceSite(problem: Problem, pass: SitePass, plan: Plan, site: number, slack: 0 | 1): void {
  const { siteCount, total, homes, workersFor, chunkKB, parameterKB } = problem;
  const { width, least, share, order, slotsMax } = pass;
  const base = (site * 2 + slack) * width;
  const own = homes[site];
  least.fill(Infinity, base, base + width);
  least[base] = 0;
  let reach = 0;
  for (let place = 0, shares = base * slotsMax; place < plan.length; place++, shares += width) {
    const row = order[place];
    const t = plan.slot[row];
    const at = t * siteCount + site;
    const isAway = plan.ps[row] !== site;
    const most = Math.max(0, isAway ? problem.room[at] : problem.roomBesidePs[at]);
    const allowed = pass.allowed[row] + (slack === 1 ? pass.slack[row] : 0);
    const workerKB = isAway ? parameterKB : 0;
    const worker = problem.workerCost[at] + workerKB * problem.alpha[t];
    const move = chunkKB * problem.alpha[t];
    const next = Math.min(total, reach + most);
    for (let m = next; m >= 0; m--) {
      let best = Infinity;
      let bestY = 0;
      for (let y = m > reach ? m - reach : 0, end = most < m ? most : m; y <= end; y++) {
        const before = least[base + m - y];
        if (before >= best) continue;
        const moved = movedOf(m, y, own);
        if (y > 0 && chunkKB * moved + workerKB * workersFor[y] > allowed) continue;
        const cost = before + move * moved + worker * workersFor[y];
        if (cost < best) {
          best = cost;
          bestY = y;
        }
      }
      least[base + m] = best;
      share[shares + m] = bestY;
    }
    pass.steps += (next + 1) * (most + 1);
    reach = next;
  }
}

/** Writes m chunks of a site as priced into the plan. */
function apply({ siteCount, homes }: Problem, pass: SitePass, plan: Plan, site: number, slack: 0 | 1, chunks: number): void {
  const { width, share, order, slotsMax } = pass;
  const base = (site * 2 + slack) * width * slotsMax;
  for (let place = plan.length - 1, m = chunks; place >= 0; place--) {
    const at = order[place] * siteCount + site;
    const y = share[base + place * width + m];
    plan.counts[at] = y;
    plan.credits[at] = y - movedOf(m, y, homes[site]);
    m -= y;
  }
}

/**
 * Re-spreads one site, or moves chunks from one site to another, whichever saves most, as long as something does. What the one that gives
 * does within its own traffic and the one that takes with the slack never conflict.
 */
export function passSites(problem: Problem, pass: SitePass, plan: Plan): void {
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const isOther = sortRows(problem, pass, plan);
    for (let site = 0; site < problem.siteCount; site++) {
      lookAtSite(problem, pass, plan, site);
      const isKnown = round > 0 && !isOther && site !== pass.taker && site !== pass.giver;
      if (!isKnown) priceSite(problem, pass, plan, site, 0); // what a site does within its own traffic changes only as it does
      priceSite(problem, pass, plan, site, 1);
    }
    if (!exchange(problem, pass, plan)) break;
  }
  dropEmptyRows(problem, plan);
  plan.cost = costOfPlan(problem, plan);
}

/** Makes the exchange that saves most. @returns whether any saves. */
function exchange(problem: Problem, pass: SitePass, plan: Plan): boolean {
  const { siteCount } = problem;
  const { width, least, chunks, price } = pass;
  let saving = -1e-3;
  let taker = -1;
  let giver = -1;
  let given = 0;
  for (let q = 0; q < siteCount; q++) {
    const withSlack = (q * 2 + 1) * width + chunks[q];
    const alone = least[withSlack] - price[q];
    if (alone < saving) {
      saving = alone;
      taker = q;
      giver = -1;
    }
    for (let s = 0; s < siteCount; s++) {
      if (s === q || chunks[s] === 0) continue;
      const without = s * 2 * width + chunks[s];
      const before = price[q] + price[s];
      for (let k = 1, end = Math.min(chunks[s], width - 1 - chunks[q]); k <= end; k++) {
        const change = least[withSlack + k] + least[without - k] - before;
        if (change >= saving) continue;
        saving = change;
        taker = q;
        giver = s;
        given = k;
      }
      pass.steps += chunks[s];
    }
  }
  pass.taker = taker;
  pass.giver = giver;
  if (taker < 0) return false;
  apply(problem, pass, plan, taker, 1, chunks[taker] + (giver < 0 ? 0 : given));
  if (giver >= 0) apply(problem, pass, plan, giver, 0, chunks[giver] - given);
  return true;
}

/** Takes rows without chunks out of a plan. */
export function dropEmptyRows({ siteCount }: Problem, plan: Plan): void {
  let rows = 0;
  for (let row = 0; row < plan.length; row++) {
    let chunks = 0;
    for (let site = 0; site < siteCount; site++) chunks += plan.counts[row * siteCount + site];
    if (chunks === 0) continue;
    if (rows < row) moveRow(plan, row, rows, siteCount);
    rows++;
  }
  plan.length = rows;
}

/** Writes one row over another. */
export function moveRow(plan: Plan, from: number, to: number, siteCount: number): void {
  plan.slot[to] = plan.slot[from];
  plan.ps[to] = plan.ps[from];
  plan.counts.copyWithin(to * siteCount, from * siteCount, (from + 1) * siteCount);
  plan.credits.copyWithin(to * siteCount, from * siteCount, (from + 1) * siteCount);
}

/** Adds `missing` chunks to a plan, site after site where that costs least a chunk. @returns whether all found room. */
export function refill(problem: Problem, pass: SitePass, plan: Plan, missing: number): boolean {
  const { siteCount, total } = problem;
  const { width, least, chunks, price } = pass;
  for (let round = 0; round < 2 * siteCount && missing > 0; round++) {
    sortRows(problem, pass, plan);
    let bestRate = Infinity;
    let bestSite = -1;
    let added = 0;
    for (let site = 0; site < siteCount; site++) {
      lookAtSite(problem, pass, plan, site);
      priceSite(problem, pass, plan, site, 1);
      const from = (site * 2 + 1) * width + chunks[site];
      for (let k = 1, end = Math.min(missing, total - chunks[site]); k <= end; k++) {
        const rate = (least[from + k] - price[site]) / k;
        if (rate >= bestRate) continue;
        bestRate = rate;
        bestSite = site;
        added = k;
      }
    }
    if (bestSite < 0) return false;
    apply(problem, pass, plan, bestSite, 1, chunks[bestSite] + added);
    missing -= added;
  }
  return missing === 0;
}
