import { readBacklogOverview } from '#persistence';
import { runPeriodically, type Service } from '#runtime';
import type { WorkerParts } from '../parts.js';

/** How often the backlog is counted, ms. */
const BACKLOG_MS = 5_000;
/** Markets whose backlog gets a label of its own. */
const MARKETS_MAX = 20;

/** Counts the backlog for whoever looks after the service. */
export const watchBacklog = ({ pool, figures, report, clock }: WorkerParts): Service =>
  runPeriodically(
    {
      name: 'backlog',
      everyMs: BACKLOG_MS,
      run: async () => figures.waiting(await readBacklogOverview(pool, MARKETS_MAX)),
      onFailed: (cause) => report.trouble('watch', cause),
    },
    clock,
  );
