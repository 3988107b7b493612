import { copyPlan, costOfPlan, type Plan } from '../plan.js';
import type { Problem } from '../problem.js';
import { moveRow, passSites, refill, type SitePass } from './site-pass.js';
import { mayGoOn, type Priced, SERVERS_MAX, type Structure } from './state.js';

const ROUNDS_MAX = 2;
/** A plan that closing a slot makes this much dearer is not worth a pass over the sites. */
const HOPELESS = 1.3;
/** Neither is one that another server makes this much dearer. */
const HOPELESS_SERVER = 1.1;
const SERVER_ROUNDS_MAX = 3;

/** Closes a slot of the best plan or opens another, whichever saves most, as long as something does. */
export function reshape(problem: Problem, priced: Priced): void {
  const { structure, sites: pass, lanes, best: plan } = priced;
  const { best } = structure;
  for (let round = 0; round < ROUNDS_MAX; round++) {
    best.cost = plan.cost - 1e-3;
    best.length = 0;
    for (let row = 0; row < plan.length && plan.length > 1 && mayGoOn(priced); row++) tryWithout(problem, structure, pass, plan, row);
    for (let lane = 0; lane < lanes.count && mayGoOn(priced); lane++) tryWith(problem, structure, pass, plan, lanes.slot[lane]);
    if (best.length === 0) return;
    copyPlan(best, plan, problem.siteCount);
  }
}

function keepTrial({ siteCount }: Problem, { trial, best }: Structure): void {
  if (trial.cost < best.cost) copyPlan(trial, best, siteCount);
}

function tryWithout(problem: Problem, structure: Structure, pass: SitePass, plan: Plan, row: number): void {
  const { siteCount } = problem;
  const { trial } = structure;
  copyPlan(plan, trial, siteCount);
  let chunks = 0;
  for (let site = 0; site < siteCount; site++) chunks += plan.counts[row * siteCount + site];
  for (let next = row + 1; next < plan.length; next++) moveRow(trial, next, next - 1, siteCount);
  trial.length--;
  if (!refill(problem, pass, trial, chunks) || costOfPlan(problem, trial) > HOPELESS * plan.cost) return;
  passSites(problem, pass, trial);
  keepTrial(problem, structure);
}

function tryWith(problem: Problem, structure: Structure, pass: SitePass, plan: Plan, t: number): void {
  const { siteCount, total } = problem;
  const { trial } = structure;
  let at = 0;
  while (at < plan.length && plan.slot[at] < t) at++;
  if ((at < plan.length && plan.slot[at] === t) || plan.length >= total) return;
  if (rankServers(problem, structure, t) === 0) return;
  const [server] = structure.servers;
  copyPlan(plan, trial, siteCount);
  for (let row = plan.length; row > at; row--) moveRow(trial, row - 1, row, siteCount);
  trial.length++;
  trial.slot[at] = t;
  trial.ps[at] = server;
  clearRow(trial, at, siteCount);
  passSites(problem, pass, trial);
  keepTrial(problem, structure);
}

/**
 * Gives each slot of the best plan the server that saves most among the most promising ones of that slot, its chunks dealt anew, as long as any saves: neither
 * what slots could do nor a pass over the sites moves a server whose slot is worth having only with fewer or more chunks.
 */
export function reseat(problem: Problem, priced: Priced): void {
  const { structure, sites: pass, best: plan } = priced;
  const { best } = structure;
  for (let round = 0; round < SERVER_ROUNDS_MAX; round++) {
    const before = plan.cost;
    for (let row = 0; row < plan.length; row++) {
      best.cost = plan.cost - 1e-3;
      best.length = 0;
      const count = rankServers(problem, structure, plan.slot[row]);
      for (let rank = 0; rank < count && mayGoOn(priced); rank++)
        if (structure.servers[rank] !== plan.ps[row]) tryServer(problem, structure, pass, plan, row, structure.servers[rank]);
      if (best.length > 0) copyPlan(best, plan, problem.siteCount);
    }
    if (plan.cost >= before) return;
  }
}

function tryServer(problem: Problem, structure: Structure, pass: SitePass, plan: Plan, row: number, server: number): void {
  const { siteCount } = problem;
  const { trial } = structure;
  copyPlan(plan, trial, siteCount);
  let chunks = 0;
  for (let site = 0; site < siteCount; site++) chunks += plan.counts[row * siteCount + site];
  clearRow(trial, row, siteCount);
  trial.ps[row] = server;
  if (!refill(problem, pass, trial, chunks) || costOfPlan(problem, trial) > HOPELESS_SERVER * plan.cost) return;
  passSites(problem, pass, trial);
  keepTrial(problem, structure);
}

function clearRow({ counts, credits }: Plan, row: number, siteCount: number): void {
  counts.fill(0, row * siteCount, (row + 1) * siteCount);
  credits.fill(0, row * siteCount, (row + 1) * siteCount);
}

/** Ranks the sites whose own chunks are trained beside a server most cheaply in slot t. @returns their number. */
function rankServers(problem: Problem, { servers, promise }: Structure, t: number): number {
  const { siteCount, homes, workersFor, workerCost, psCost, roomBesidePs, chunkKB } = problem;
  let count = 0;
  for (let site = 0, at = t * siteCount; site < siteCount; site++, at++) {
    const beside = roomBesidePs[at];
    if (beside <= 0) continue;
    const chunks = Math.min(beside, homes[site] || 1);
    const cost = psCost[at] + workerCost[at] * workersFor[chunks] - problem.alpha[t] * chunkKB * Math.min(homes[site], beside);
    if (count === SERVERS_MAX && cost >= promise[count - 1]) continue;
    let rank = count < SERVERS_MAX ? count++ : count - 1;
    for (; rank > 0 && promise[rank - 1] > cost; rank--) {
      promise[rank] = promise[rank - 1];
      servers[rank] = servers[rank - 1];
    }
    promise[rank] = cost;
    servers[rank] = site;
  }
  return count;
}
