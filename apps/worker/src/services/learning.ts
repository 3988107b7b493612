import { LearnPrices } from '#market';
import { createLearningStore } from '#persistence';
import { runPeriodically, type Service } from '#runtime';
import { LEARN_BUDGET_BUSY_MS, LEARN_BUDGET_IDLE_MS, LEARN_MS } from '../settings.js';
import type { WorkerParts } from '../parts.js';

/** Learns the levels of prices from bids that were answered, on threads. It takes what deciding leaves: little while bids keep coming. */
export function learnPrices({ pool, thinkers, pace, clock, journal, report }: WorkerParts): Service {
  const learning = new LearnPrices(createLearningStore(pool), thinkers, clock, (...failure) =>
    journal.marketTrouble('learning', ...failure),
  );
  return runPeriodically(
    {
      name: 'learning',
      everyMs: LEARN_MS,
      run: () => learning.run(pace.isBusy() ? LEARN_BUDGET_BUSY_MS : LEARN_BUDGET_IDLE_MS),
      onFailed: (cause) => report.trouble('learning', cause),
    },
    clock,
  );
}
