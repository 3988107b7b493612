import { readLifecycleOverview } from '#persistence';
import { runPeriodically, type Service } from '#runtime';
import type { WorkerParts } from '../parts.js';

/** How often it is counted, ms. */
const LIFECYCLE_MS = 10_000;

/** Counts what is off sale, late or retained, for whoever looks after the service. */
export const watchLifecycle = ({ pool, figures, report, clock }: WorkerParts): Service =>
  runPeriodically(
    {
      name: 'lifecycle',
      everyMs: LIFECYCLE_MS,
      run: async () => figures.lifecycle(await readLifecycleOverview(pool)),
      onFailed: (cause) => report.trouble('watch', cause),
    },
    clock,
  );
