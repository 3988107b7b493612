import { type RepairCommit, RepairMarkets } from '#market';
import { createRepairStore } from '#persistence';
import { runPeriodically, type Service } from '#runtime';
import { REPAIR_MS } from '../settings.js';
import type { WorkerParts } from '../parts.js';

/** Deals with those whom withdrawn capacity has hit; then their markets decide again. One market that fails keeps no other one. */
export function repairMarkets({ pool, clock, journal, report, runner, kinds, figures }: WorkerParts): Service {
  const onSettled = (marketId: bigint): void => void runner.wake(marketId); // never rejects
  const store = createRepairStore(pool);
  const record = async (commit: RepairCommit): Promise<boolean> => {
    const isWritten = await store.record(commit);
    if (isWritten) figures.dealt(commit.records);
    return isWritten;
  };
  const repairs = new RepairMarkets({ ...store, record }, kinds, clock, onSettled, (...failure) =>
    journal.marketTrouble('repairs', ...failure),
  );
  return runPeriodically(
    { name: 'repairs', everyMs: REPAIR_MS, run: () => repairs.run(), onFailed: (cause) => report.trouble('repairs', cause) },
    clock,
  );
}
