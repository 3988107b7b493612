import { KeepSnapshots, KeepViews } from '#market';
import { createHistoryStore, createViewStore } from '#persistence';
import { runPeriodically, type Service } from '#runtime';
import { VIEWS_BUDGET_BUSY_MS, VIEWS_BUDGET_IDLE_MS, VIEWS_MS } from '../settings.js';
import type { WorkerParts } from '../parts.js';

/** Takes decisions into what searches and series are read from. It takes what deciding leaves. */
export function keepViews({ pool, pace, clock, journal, report }: WorkerParts): Service {
  const keeper = new KeepViews(createViewStore(pool), clock, (...failure) => journal.marketTrouble('views', ...failure));
  report.gauge(
    'eris_views_lag',
    'Entries of the logs that searches and series did not know when it was last looked.',
    () => keeper.lagEntries,
  );
  return runPeriodically(
    {
      name: 'views',
      everyMs: VIEWS_MS,
      run: () => keeper.run(pace.isBusy() ? VIEWS_BUDGET_BUSY_MS : VIEWS_BUDGET_IDLE_MS),
      onFailed: (cause) => report.trouble('views', cause),
    },
    clock,
  );
}

/** Keeps states of markets, by which any past moment of them is shown. It takes what deciding leaves: little while bids keep coming. */
export function keepSnapshots({ pool, kinds, pace, clock, journal, report }: WorkerParts): Service {
  const keeper = new KeepSnapshots(createHistoryStore(pool), kinds, clock, (...failure) => journal.marketTrouble('snapshots', ...failure));
  return runPeriodically(
    {
      name: 'snapshots',
      everyMs: VIEWS_MS,
      run: () => keeper.run(pace.isBusy() ? VIEWS_BUDGET_BUSY_MS : VIEWS_BUDGET_IDLE_MS),
      onFailed: (cause) => report.trouble('snapshots', cause),
    },
    clock,
  );
}
