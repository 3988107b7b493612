import { BANDWIDTH_CELL, firstCellOf, type Footprint, type MarketSpec, type SlotFootprint } from '#mechanism';
import { at, invariant } from '#units';
import type { TrainingJob, Schedule, SlotPlan } from './job.js';

/** Traffic between sites in one slot of a schedule, kB: moved chunks, and parameters of workers away from the parameter server (V5). */
function trafficKB({ chunkKB }: MarketSpec, { parameterKB }: TrainingJob, { moves, workers, ps }: SlotPlan): number {
  let moved = 0;
  for (const move of moves) moved += move.chunks;
  let away = -at(workers, ps);
  for (const count of workers) away += count;
  return moved * chunkKB + away * parameterKB;
}

function slotFootprint(spec: MarketSpec, job: TrainingJob, plan: SlotPlan): SlotFootprint {
  const cells: number[] = [];
  const quantitiesMilli: number[] = [];
  const take = (cell: number, quantityMilli: number): void => {
    if (quantityMilli <= 0) return;
    cells.push(cell);
    quantitiesMilli.push(quantityMilli);
  };
  take(BANDWIDTH_CELL, trafficKB(spec, job, plan));
  const resourceCount = spec.resources.length;
  const siteCount = plan.workers.length;
  invariant(siteCount <= spec.sites.length, 'sites are added to a market, and never removed');
  for (let site = 0; site < siteCount; site++) {
    const workers = at(plan.workers, site);
    const isServer = plan.ps === site;
    if (workers === 0 && !isServer) continue;
    for (let k = 0, cell = firstCellOf(site, resourceCount); k < resourceCount; k++, cell++)
      take(cell, workers * at(job.workerMilli, k) + (isServer ? at(job.psMilli, k) : 0)); // V4
  }
  return { slot: plan.slot, cells, quantitiesMilli };
}

/** What a schedule takes of the market: its workers, its parameter servers, and the traffic between sites. One of before a site was added has nothing there. */
export const footprintOf = (spec: MarketSpec, job: TrainingJob, schedule: Schedule): Footprint =>
  schedule.map((plan) => slotFootprint(spec, job, plan));
