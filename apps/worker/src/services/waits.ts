import { runPeriodically, type Service } from '#runtime';
import type { WorkerParts } from '../parts.js';

/** How often a batch is asked how long its bids have waited, ms. */
const WAITS_MS = 1_000;

/** Samples how long bids wait for their decisions. */
export const sampleWaits = ({ sample, report, clock }: WorkerParts): Service =>
  runPeriodically(
    { name: 'waits', everyMs: WAITS_MS, run: () => sample.open(), onFailed: (cause) => report.trouble('watch', cause) },
    clock,
  );
