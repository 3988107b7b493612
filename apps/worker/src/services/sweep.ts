import { runPeriodically, type Service } from '#runtime';
import { SWEEP_MS } from '../settings.js';
import type { WorkerParts } from '../parts.js';

/** Looks for bids whose wake-up was lost: without the queue a bid waits a second longer. */
export const sweepBacklog = ({ sweeper, report, clock }: WorkerParts): Service =>
  runPeriodically(
    { name: 'sweep', everyMs: SWEEP_MS, run: () => sweeper.sweep(), onFailed: (cause) => report.trouble('sweep', cause) },
    clock,
  );

/** Looks for bids often while they come, which spares wake-ups. */
export const sweepWhileBusy = ({ sweeper, pace, report, clock }: WorkerParts): Service =>
  runPeriodically(
    {
      name: 'sweep while busy',
      everyMs: () => pace.pauseMs,
      run: () => (pace.isBusy() ? sweeper.sweep() : undefined),
      onFailed: (cause) => report.trouble('sweep', cause),
    },
    clock,
  );
