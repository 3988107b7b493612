import type { Plan } from '../plan.js';
import type { Problem } from '../problem.js';
import { BINS, KEPT, LABELS_MAX, PATTERNS, reserveLabels, STRIDE, type Beam } from './beam-state.js';
import { worthOfHomes, type Dual } from './dual.js';
import type { Lanes } from './lanes.js';
import type { Pool } from './pool.js';

/** How wide a pass looks: labels extended, extensions tried, per lane. */
export interface Width {
  readonly labels: number;
  readonly extensions: number;
}

/**
 * Looks for a plan cheaper than `bar`; patterns must have been reduced and the pass back made at the prices as they are.
 * @param bound what a plan costs at least at those prices. @returns its price, the plan itself in `plan`; Infinity where there is none.
 */
export function searchBeam(
  problem: Problem,
  beam: Beam,
  pool: Pool,
  dual: Dual,
  lanes: Lanes,
  bound: number,
  bar: number,
  width: Width,
  plan: Plan,
): number {
  begin(problem, beam, dual, bar);
  const scale = bound + 4 * Math.max(1e6, Math.abs(bound));
  for (let place = 0; place < lanes.count; place++) {
    rankPatterns(problem, beam, pool, lanes.first[place]);
    const span = Math.max(1, Math.min(beam.bar, scale) - bound);
    chooseLabels(beam, dual, place, bound, span, width.labels);
    const cut = cutOf(beam, dual, place, bound, span, width.extensions);
    extend(problem, beam, pool, dual, lanes.slot[place], place, cut, width.extensions);
  }
  if (beam.best < 0) return Infinity;
  readLabel(problem, beam, pool, plan);
  return beam.cost[beam.best];
}

function begin(problem: Problem, beam: Beam, dual: Dual, bar: number): void {
  beam.worth = worthOfHomes(problem, dual);
  beam.bar = bar;
  beam.best = -1;
  beam.length = 1;
  beam.cost[0] = 0;
  beam.key[0] = 0;
  beam.before[0] = -1;
  beam.atHome.fill(0, 0, problem.siteCount);
  beam.count.fill(0, 0, problem.total + 1);
  beam.count[0] = 1;
  beam.list[0] = 0;
}

/** The lane's patterns of least price with homes priced, per count of chunks. */
function rankPatterns({ total }: Problem, beam: Beam, pool: Pool, lane: number): void {
  const { topCount, top, topReduced } = beam;
  for (let n = 1; n <= total; n++) {
    const from = n * STRIDE;
    let count = 0;
    for (let x = pool.head[lane * (total + 1) + n]; x >= 0; x = pool.next[x]) {
      beam.steps++;
      const reduced = pool.reduced[x];
      if (count === PATTERNS && topReduced[from + count - 1] <= reduced) continue;
      let at = count < PATTERNS ? count++ : count - 1;
      for (; at > 0 && topReduced[from + at - 1] > reduced; at--) {
        top[from + at] = top[from + at - 1];
        topReduced[from + at] = topReduced[from + at - 1];
      }
      top[from + at] = x;
      topReduced[from + at] = reduced;
    }
    topCount[n] = count;
  }
}

const binOf = (value: number): number => (value < 0 ? 0 : value >= BINS ? BINS - 1 : value | 0);

/** The bin from which on more than `most` are counted; at least the first is taken. */
function binWithin(bins: Int32Array, most: number): number {
  let bin = 0;
  for (let sum = 0; bin < BINS && sum + bins[bin] <= most; bin++) sum += bins[bin];
  return Math.max(bin, 1);
}

/** Chooses the labels of least bound, the most chunks first. */
function chooseLabels(beam: Beam, dual: Dual, place: number, bound: number, span: number, most: number): void {
  const { key, count, list, chosen, chosenChunks, bins, worth } = beam;
  const { rest, width } = dual;
  const here = place * width + width - 1;
  const scale = BINS / span;
  bins.fill(0);
  let length = 0;
  for (let m = width - 2; m >= 0; m--) {
    for (let i = m * STRIDE, end = i + count[m]; i < end; i++) {
      const above = key[list[i]] - worth + rest[here - m] - bound;
      if (above >= span) continue;
      bins[binOf(above * scale)]++;
      chosen[length] = list[i];
      chosenChunks[length++] = m;
    }
  }
  beam.steps += width * KEPT;
  if (length > most) {
    const cut = (binWithin(bins, most) * span) / BINS;
    let kept = 0;
    for (let i = 0; i < length && kept < 3 * most; i++) {
      if (key[chosen[i]] - worth + rest[here - chosenChunks[i]] - bound >= cut) continue;
      chosen[kept] = chosen[i];
      chosenChunks[kept++] = chosenChunks[i];
    }
    length = kept;
  }
  beam.chosenLength = length;
}

/** What an extension must promise so that about `most` are tried. */
function cutOf(beam: Beam, dual: Dual, place: number, bound: number, span: number, most: number): number {
  const { key, topCount, topReduced, chosen, chosenChunks, chosenLength, bins, worth } = beam;
  const { rest, width } = dual;
  const after = (place + 1) * width + width - 1;
  const scale = BINS / span;
  bins.fill(0);
  let all = 0;
  for (let i = 0; i < chosenLength; i++) {
    const m = chosenChunks[i];
    const base = key[chosen[i]] - worth - bound;
    for (let n = 1; n + m < width; n++) {
      const from = base + rest[after - m - n];
      for (let j = n * STRIDE, end = j + topCount[n]; j < end; j++) {
        const above = from + topReduced[j];
        if (above >= span) break;
        bins[binOf(above * scale)]++;
        all++;
      }
    }
    beam.steps += width - m;
  }
  beam.steps += all;
  return all > most ? bound + (binWithin(bins, most) * span) / BINS : bound + span;
}

/** Extends the chosen labels by the lane's patterns. */
function extend(problem: Problem, beam: Beam, pool: Pool, dual: Dual, t: number, place: number, cut: number, most: number): void {
  const { key, topCount, top, topReduced, chosen, chosenChunks, chosenLength, worth } = beam;
  const { rest, width } = dual;
  const after = (place + 1) * width + width - 1;
  let tried = 0;
  for (let i = 0; i < chosenLength; i++) {
    const m = chosenChunks[i];
    const base = key[chosen[i]] - worth;
    for (let n = 1; n + m < width; n++) {
      const from = base + rest[after - m - n];
      for (let j = n * STRIDE, end = j + topCount[n]; j < end; j++) {
        if (from + topReduced[j] >= Math.min(cut, beam.bar)) break;
        if (++tried > 4 * most) break;
        addAfter(problem, beam, pool, dual, chosen[i], top[j], t, m, n, after);
      }
    }
  }
  beam.steps += tried * problem.siteCount * 3;
}

/**
 * Adds a pattern to a label. Where that takes more of a home than there is, twice: the surplus moved (if the budget holds), and the surplus
 * left to later slots.
 */
function addAfter(
  problem: Problem,
  beam: Beam,
  pool: Pool,
  dual: Dual,
  label: number,
  x: number,
  t: number,
  m: number,
  n: number,
  after: number,
): void {
  const { siteCount, homes, chunkKB, parameterKB, workersFor, workerCost } = problem;
  const { atHome, sum, offered } = beam;
  const alpha = problem.alpha[t];
  const from = label * siteCount;
  const cell = x * siteCount;
  let over = 0;
  let saved = 0;
  let key = 0;
  for (let site = 0; site < siteCount; site++) {
    let own = atHome[from + site] + pool.h[cell + site];
    const surplus = own - homes[site];
    if (surplus > 0) {
      over += surplus;
      own = homes[site];
      const y = pool.y[cell + site];
      const worker = workerCost[t * siteCount + site] + (site === pool.ps[x] ? 0 : parameterKB * alpha);
      saved += (workersFor[y] - workersFor[y - surplus]) * worker;
    }
    sum[site] = own;
    key += dual.nu[site] * own;
  }
  const cost = beam.cost[label] + pool.cost[x];
  const moved = over * chunkKB;
  if (over === 0 || pool.kb[x] + moved <= problem.budgetKB[t]) {
    offered[0] = cost + moved * alpha;
    offered[1] = offered[0] + key;
    place(problem, beam, dual, label, x, t, m + n, after, 0);
  }
  if (over > 0 && over < n) {
    offered[0] = cost - saved;
    offered[1] = offered[0] + key;
    place(problem, beam, dual, label, x, t, m + n - over, after, 1);
  }
}

/** Puts a new label where it belongs, unless it promises too little or is there already. Its homes are in `sum`, its prices in `offered`. */
function place(
  problem: Problem,
  beam: Beam,
  dual: Dual,
  label: number,
  x: number,
  t: number,
  m: number,
  after: number,
  dropped: number,
): void {
  const { siteCount, total } = problem;
  const { list, count, offered } = beam;
  const cost = offered[0];
  const key = offered[1];
  const ahead = dual.rest[after - m];
  if (!(key - beam.worth + ahead < beam.bar)) return;
  const from = m * STRIDE;
  let at = count[m];
  while (at > 0 && beam.key[list[from + at - 1]] > key) at--;
  if (at >= KEPT) return;
  if (at > 0 && key - beam.key[list[from + at - 1]] < 1e-3) return;
  if (beam.length === LABELS_MAX) return;
  if (beam.length === beam.cost.length) reserveLabels(beam, beam.length * 2, siteCount);
  const z = beam.length++;
  beam.cost[z] = cost;
  beam.key[z] = key;
  beam.before[z] = label;
  beam.pattern[z] = x;
  beam.slot[z] = t;
  beam.dropped[z] = dropped;
  for (let site = 0, cell = z * siteCount; site < siteCount; site++, cell++) beam.atHome[cell] = beam.sum[site];
  if (count[m] < KEPT) count[m]++;
  for (let i = count[m] - 1; i > at; i--) list[from + i] = list[from + i - 1];
  list[from + at] = z;
  if (m === total && cost < beam.bar) {
    beam.bar = cost;
    beam.best = z;
  }
}

/** Reads the best label's plan. */
function readLabel({ siteCount }: Problem, beam: Beam, pool: Pool, plan: Plan): void {
  const { before, pattern, atHome, dropped } = beam;
  let rows = 0;
  for (let z = beam.best; before[z] >= 0; z = before[z]) rows++;
  plan.length = rows;
  plan.cost = beam.cost[beam.best];
  for (let z = beam.best, row = rows - 1; row >= 0; z = before[z], row--) {
    const x = pattern[z];
    plan.slot[row] = beam.slot[z];
    plan.ps[row] = pool.ps[x];
    for (let site = 0; site < siteCount; site++) {
      const own = atHome[z * siteCount + site] - atHome[before[z] * siteCount + site];
      const surplus = pool.h[x * siteCount + site] - own;
      plan.credits[row * siteCount + site] = own;
      plan.counts[row * siteCount + site] = pool.y[x * siteCount + site] - (dropped[z] === 1 ? surplus : 0);
    }
  }
}
