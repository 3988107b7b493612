import { fillSlot, sortSites, type Filler, type FillRule } from './fill.js';
import { resetPlan, type Plan } from './plan.js';
import { int32, type Problem } from './problem.js';

/**
 * A plan where bandwidth is so scarce that neither hoping for homes nor doing without them fits: slot after slot trains as much as it can of
 * the chunks that are really left, as thriftily as it can. Valid whenever it ends; dear, but a beginning for dealing anew.
 */
export interface Hasty {
  rule: FillRule;
  /** Chunks of each home that are left. */
  left: Int32Array;
}

export const createHasty = (): Hasty => ({ rule: { atHome: new Int32Array(0), atHomeFrom: 0, thrifty: true }, left: new Int32Array(0) });

/** Fills `plan` slot by slot. @returns whether all chunks are trained, the last of them in the slot opened last. */
export function planHastily(problem: Problem, filler: Filler, hasty: Hasty, plan: Plan, last: number): boolean {
  const { siteCount, homes, total } = problem;
  hasty.left = int32(hasty.left, siteCount);
  hasty.rule.atHome = hasty.left;
  for (let site = 0; site < siteCount; site++) hasty.left[site] = homes[site];
  resetPlan(plan, problem, last + 1);
  let chunks = total;
  for (let t = 0; t <= last && chunks > 0; t++) {
    sortSites(problem, filler, t);
    let server = -1;
    let most = 0;
    for (let site = 0; site < siteCount; site++) {
      const filled = fillSlot(problem, filler, t, site, hasty.rule, chunks);
      if (filled <= most) continue;
      most = filled;
      server = site;
    }
    if (server < 0) continue;
    fillSlot(problem, filler, t, server, hasty.rule, most);
    takeRow(problem, filler, hasty, plan, t, server);
    chunks -= most;
  }
  return chunks === 0 && plan.slot[plan.length - 1] === last;
}

/** Writes the filled slot as a row and takes its chunks from the homes: its own first, moved ones from where most are left. */
function takeRow(problem: Problem, filler: Filler, hasty: Hasty, plan: Plan, t: number, server: number): void {
  const { siteCount } = problem;
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
  for (; moved > 0; moved--) {
    let from = 0;
    for (let site = 1; site < siteCount; site++) if (hasty.left[site] > hasty.left[from]) from = site;
    hasty.left[from]--;
  }
}
