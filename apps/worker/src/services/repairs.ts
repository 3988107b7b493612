import { RepairMarkets } from '#market';
import { createRepairStore } from '#persistence';
import { runPeriodically, type Service } from '#runtime';
import { REPAIR_MS } from '../settings.js';
import type { WorkerParts } from '../parts.js';

/** Deals with those whom withdrawn capacity has hit; then their markets decide again. One market that fails keeps no other one. */
export function repairMarkets({ pool, clock, journal, report, runner, kinds }: WorkerParts): Service {
  const onSettled = (marketId: bigint): void => void runner.wake(marketId); // never rejects
  const repairs = new RepairMarkets(createRepairStore(pool), kinds, clock, onSettled, (...failure) =>
    journal.marketTrouble('repairs', ...failure),
  );
  return runPeriodically(
    { name: 'repairs', everyMs: REPAIR_MS, run: () => repairs.run(), onFailed: (cause) => report.trouble('repairs', cause) },
    clock,
  );
}
