import { fillSlot, sortSites, type Filler, type FillRule } from './fill.js';
import { createPlan, resetPlan, type Plan } from './plan.js';
import { int32, type Problem } from './problem.js';

/**
 * A plan where bandwidth is so scarce that neither hoping for homes nor doing without them fits: slot after slot trains as much as it can of
 * the chunks that are really left, as thriftily as it can. Valid whenever it ends; dear, but a beginning for dealing anew.
 */
export interface GreedyFallback {
  rule: FillRule;
  readonly plan: Plan;
  /** Slots looked at. */
  length: number;
  /** Chunks that are left, of each home and together. */
  left: Int32Array;
  chunks: number;
}

/** Arrays that only grow. */
export const createGreedyFallback = (): GreedyFallback => ({
  rule: { atHome: new Int32Array(0), atHomeFrom: 0, bandwidthFirst: true },
  plan: createPlan(),
  length: 0,
  left: new Int32Array(0),
  chunks: 0,
});

/** Begins anew with no slots, of `slotsMax` at most. */
export function resetGreedyFallback(greedy: GreedyFallback, problem: Problem, slotsMax: number): void {
  const { siteCount, homes, total } = problem;
  greedy.left = int32(greedy.left, siteCount);
  greedy.rule.atHome = greedy.left;
  for (let site = 0; site < siteCount; site++) greedy.left[site] = homes[site];
  greedy.chunks = total;
  greedy.length = 0;
  resetPlan(greedy.plan, problem, slotsMax);
}

/** Plans the slots up to `last`, from where it stopped before. @returns whether all chunks are trained, the last of them in that slot. */
export function planGreedily(problem: Problem, filler: Filler, greedy: GreedyFallback, last: number): boolean {
  for (; greedy.length <= last && greedy.chunks > 0; greedy.length++) takeSlot(problem, filler, greedy, greedy.length);
  return greedy.chunks === 0 && greedy.plan.slot[greedy.plan.length - 1] === last;
}

/** Fills slot t around the server that takes most. */
function takeSlot(problem: Problem, filler: Filler, greedy: GreedyFallback, t: number): void {
  sortSites(problem, filler, t);
  let server = -1;
  let most = 0;
  for (let site = 0; site < problem.siteCount; site++) {
    const filled = fillSlot(problem, filler, t, site, greedy.rule, greedy.chunks);
    if (filled <= most) continue;
    most = filled;
    server = site;
  }
  if (server < 0) return;
  fillSlot(problem, filler, t, server, greedy.rule, most);
  takeRow(problem, filler, greedy, t, server);
  greedy.chunks -= most;
}

/** Writes the filled slot as a row and takes its chunks from the homes: its own first, moved ones from where most are left. */
function takeRow(problem: Problem, filler: Filler, greedy: GreedyFallback, t: number, server: number): void {
  const { siteCount } = problem;
  const { plan } = greedy;
  const row = plan.length++;
  plan.slot[row] = t;
  plan.ps[row] = server;
  let moved = 0;
  for (let site = 0, at = row * siteCount; site < siteCount; site++, at++) {
    plan.counts[at] = filler.counts[site];
    plan.credits[at] = Math.min(filler.counts[site], greedy.left[site]);
    greedy.left[site] -= plan.credits[at];
    moved += plan.counts[at] - plan.credits[at];
  }
  problem.steps += siteCount * (moved + 2);
  for (; moved > 0; moved--) {
    let from = 0;
    for (let site = 1; site < siteCount; site++) if (greedy.left[site] > greedy.left[from]) from = site;
    greedy.left[from]--;
  }
}
