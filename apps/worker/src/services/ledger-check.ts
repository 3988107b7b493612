import { createLedgerCheck } from '#persistence';
import { runPeriodically, type Service } from '#runtime';
import type { WorkerParts } from '../parts.js';

/** How often the ledger is checked, ms. */
const LEDGER_MS = 15_000;

/** Holds the ledger against its laws, and cries out where one is broken. */
export function checkLedger({ pool, figures, journal, report, clock }: WorkerParts): Service {
  const ledger = createLedgerCheck(pool);
  return runPeriodically(
    {
      name: 'ledger check',
      everyMs: LEDGER_MS,
      run: async () => {
        const finding = await ledger.run();
        if (!figures.ledger(finding)) journal.ledgerBroken(finding);
      },
      onFailed: (cause) => report.trouble('watch', cause),
    },
    clock,
  );
}
