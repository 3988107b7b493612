/**
 * Life after the sale: `npm run bench:lifecycle` (`-- --histories 2000 --seeds 4`: less; `--first 3001`: other seeds; `--only laws|outages|service`).
 * The laws of failures over random histories of a small market; the paper's two settings with random outages, by the contract, without failures, and where all
 * comes back of everything that is hit; a site with running jobs that dies while its workers are killed, and previews, over HTTP. The last line is one JSON object.
 */
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { ascending, percentile } from '#lab';
import { lawFigures } from './lifecycle/laws.js';
import { type OutageRun, playOutages } from './lifecycle/outages.js';
import { serviceFigures } from './lifecycle/service.js';
import { meanWithSpread } from './spread.js';

const { values } = parseArgs({
  options: {
    histories: { type: 'string', default: '100000' },
    seeds: { type: 'string', default: '20' },
    first: { type: 'string', default: '6001' },
    only: { type: 'string', default: '' },
  },
});
const [histories, seeds, first] = [values.histories, values.seeds, values.first].map(Number) as [number, number, number];
const isWanted = (part: string): boolean => values.only === '' || values.only === part;
const at = (sorted: readonly number[], share: number): number | null => (sorted.length === 0 ? null : percentile(sorted, share));
const rounded = (value: number | null): number | null => (value === null ? null : Math.round(value * 1_000) / 1_000);

function laws(): object {
  if (!isWanted('laws')) return {};
  const told = (done: number): void => void (done % 10_000 === 0 && console.log(`  ${done} histories`));
  const { allocations, hits, broken, valuesRead, ...figures } = lawFigures(histories, first, told);
  console.log(`laws: ${histories} histories, ${allocations} allocations, ${hits} entries about hits and cancellations`);
  console.log(
    `  payoff outside ${figures.payoffOutside}, ledger ${figures.ledgerDrift}, slots twice ${figures.slotsTwice}, rules ${broken}, valuations read ${valuesRead}`,
  );
  return { ...figures, broken, valuesRead };
}

/** Instances a seed: those of the testbed are small. */
const CASES = [
  { setting: 'testbed', jobs: 10, times: 20 },
  { setting: 'simulator', jobs: 100, times: 1 },
] as const;

interface OutageFigures {
  readonly repairedShare: number;
  readonly onTimeShare: number;
  readonly welfareKept: number;
  readonly refundKept: number;
}

function outages(): object {
  if (!isWanted('outages')) return {};
  const all: OutageFigures[] = [];
  const repairMs: number[] = [];
  console.log(
    'setting, share of site-slots that fail: accepted, hit; repaired, on time of the hit; welfare kept by the contract, by refunding all (95 % over seeds)',
  );
  for (const { setting, jobs, times } of CASES)
    for (const failPerMille of [50, 200]) {
      const runs = Array.from({ length: seeds * times }, (_, index) => playOutages({ setting, jobs, failPerMille, seed: first + index }));
      if (setting === 'simulator') repairMs.push(...runs.flatMap((run) => run.repairMs));
      all.push(outageLine(`${setting}, ${failPerMille / 10} %`, runs));
    }
  const sorted = ascending(repairMs);
  const [p50, p99] = [at(sorted, 0.5), at(sorted, 0.99)];
  console.log(
    `a repair at the simulator's size: p50 ${rounded(p50)} ms, p99 ${rounded(p99)} ms over ${sorted.length} (with the validator, without the database)`,
  );
  const least = (of: keyof OutageFigures): number | null => rounded(Math.min(...all.map((one) => one[of])));
  const worst = {
    repairedShare: least('repairedShare'),
    onTimeShare: least('onTimeShare'),
    welfareKept: least('welfareKept'),
    refundKept: least('refundKept'),
  };
  return { ...worst, repairMsP50: rounded(p50), repairMsP99: rounded(p99) };
}

function outageLine(name: string, runs: readonly OutageRun[]): OutageFigures {
  const sum = (of: (run: OutageRun) => number): number => runs.reduce((total, run) => total + of(run), 0);
  const hit = runs.filter((run) => run.hit > 0);
  const worth = runs.filter((run) => run.welfare > 0);
  const share = (list: readonly OutageRun[], of: (run: OutageRun) => number) => meanWithSpread(list.map(of));
  const figures = {
    repairedShare: share(hit, (run) => run.repaired / run.hit),
    onTimeShare: share(hit, (run) => run.onTime / run.hit),
    welfareKept: share(worth, (run) => run.kept / run.welfare),
    refundKept: share(worth, (run) => run.refunded / run.welfare),
    ahead: share(worth, (run) => (run.kept - run.refunded) / run.welfare),
  };
  const shown = ({ mean, halfWidth }: { mean: number; halfWidth: number }): string => `${mean.toFixed(3)} ±${halfWidth.toFixed(3)}`;
  const { repairedShare, onTimeShare, welfareKept, refundKept, ahead } = figures;
  console.log(
    `${name.padEnd(18)} ${sum((run) => run.accepted)} ${sum((run) => run.hit)}; ${shown(repairedShare)} ${shown(onTimeShare)}; ${shown(welfareKept)} ${shown(refundKept)}, ahead ${shown(ahead)}; payoff outside ${sum((run) => run.payoffOutside)}`,
  );
  return { repairedShare: repairedShare.mean, onTimeShare: onTimeShare.mean, welfareKept: welfareKept.mean, refundKept: refundKept.mean };
}

async function service(): Promise<object> {
  if (!isWanted('service')) return {};
  const { hit, repaired, failed, settledMs, previewed, previewMs } = await serviceFigures();
  const sorted = ascending(previewMs);
  console.log(
    `a dead site: ${hit} running, ${repaired} repaired, ${failed} returned, ${(settledMs / 1000).toFixed(2)} s after a worker was started`,
  );
  console.log(
    `a preview that hits ${previewed}: p50 ${at(sorted, 0.5)?.toFixed(0)} ms, p99 ${at(sorted, 0.99)?.toFixed(0)} ms over ${sorted.length}`,
  );
  return { deadSiteHit: hit, deadSiteSettledMs: Math.round(settledMs), previewMsP99: rounded(at(sorted, 0.99)) };
}

console.log(`${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}, Node ${process.version}`);
const figures = { ...laws(), ...outages(), ...(await service()) };
console.log(JSON.stringify(figures));
