import { AppendReceipts } from '#market';
import { createReceiptStore } from '#persistence';
import { runPeriodically, type Service } from '#runtime';
import { SEAL_BUDGET_BUSY_MS, SEAL_BUDGET_IDLE_MS, SEAL_MS } from '../settings.js';
import type { WorkerParts } from '../parts.js';

/** Writes receipts. They take what deciding leaves: little while bids keep coming. */
export function sealReceipts({ pool, pace, clock, journal, report }: WorkerParts): Service {
  const sealer = new AppendReceipts(createReceiptStore(pool), clock, (...failure) => journal.marketTrouble('receipts', ...failure));
  return runPeriodically(
    {
      name: 'receipts',
      everyMs: SEAL_MS,
      run: () => sealer.run(pace.isBusy() ? SEAL_BUDGET_BUSY_MS : SEAL_BUDGET_IDLE_MS),
      onFailed: (cause) => report.trouble('receipts', cause),
    },
    clock,
  );
}
