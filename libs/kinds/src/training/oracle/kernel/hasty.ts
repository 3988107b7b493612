import { fillSlot, sortSites, type Filler, type FillRule } from './fill.js';
import { createPlan, resetPlan, type Plan } from './plan.js';
import { int32, type Problem } from './problem.js';

/**
 * A plan where bandwidth is so scarce that neither hoping for homes nor doing without them fits: slot after slot trains as much as it can of
 * the chunks that are really left, as thriftily as it can. Valid whenever it ends; dear, but a beginning for dealing anew.
 */
export interface Hasty {
  rule: FillRule;
  readonly plan: Plan;
  /** Slots looked at. */
  length: number;
  /** Chunks that are left, of each home and together. */
  left: Int32Array;
  chunks: number;
}

/** Arrays that only grow. */
export const createHasty = (): Hasty => ({
  rule: { atHome: new Int32Array(0), atHomeFrom: 0, thrifty: true },
  plan: createPlan(),
  length: 0,
  left: new Int32Array(0),
  chunks: 0,
});

/** Begins anew with no slots, of `slotsMax` at most. */
export function resetHasty(hasty: Hasty, problem: Problem, slotsMax: number): void {
  const { siteCount, homes, total } = problem;
  hasty.left = int32(hasty.left, siteCount);
  hasty.rule.atHome = hasty.left;
  for (let site = 0; site < siteCount; site++) hasty.left[site] = homes[site];
  hasty.chunks = total;
  hasty.length = 0;
  resetPlan(hasty.plan, problem, slotsMax);
}

/** Plans the slots up to `last`, from where it stopped before. @returns whether all chunks are trained, the last of them in that slot. */
export function planHastily(problem: Problem, filler: Filler, hasty: Hasty, last: number): boolean {
  for (; hasty.length <= last && hasty.chunks > 0; hasty.length++) takeSlot(problem, filler, hasty, hasty.length);
  return hasty.chunks === 0 && hasty.plan.slot[hasty.plan.length - 1] === last;
}

/** Fills slot t around the server that takes most. */
function takeSlot(problem: Problem, filler: Filler, hasty: Hasty, t: number): void {
  sortSites(problem, filler, t);
  let server = -1;
  let most = 0;
  for (let site = 0; site < problem.siteCount; site++) {
    const filled = fillSlot(problem, filler, t, site, hasty.rule, hasty.chunks);
    if (filled <= most) continue;
    most = filled;
    server = site;
  }
  if (server < 0) return;
  fillSlot(problem, filler, t, server, hasty.rule, most);
  takeRow(problem, filler, hasty, t, server);
  hasty.chunks -= most;
}

/** Writes the filled slot as a row and takes its chunks from the homes: its own first, moved ones from where most are left. */
function takeRow(problem: Problem, filler: Filler, hasty: Hasty, t: number, server: number): void {
  const { siteCount } = problem;
  const { plan } = hasty;
  const row = plan.length++;
  plan.slot[row] = t;
  plan.ps[row] = server;
  let moved = 0;
  for (let site = 0, at = row * siteCount; site < siteCount; site++, at++) {
    plan.counts[at] = filler.counts[site];
    plan.credits[at] = Math.min(filler.counts[site], hasty.left[site]);
    hasty.left[site] -= plan.credits[at];
    moved += plan.counts[at] - plan.credits[at];
  }
  problem.steps += siteCount * (moved + 2);
  for (; moved > 0; moved--) {
    let from = 0;
    for (let site = 1; site < siteCount; site++) if (hasty.left[site] > hasty.left[from]) from = site;
    hasty.left[from]--;
  }
}
