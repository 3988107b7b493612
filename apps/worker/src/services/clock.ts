import { TickRealtime } from '#market';
import { createClockStore } from '#persistence';
import { runPeriodically, type Service } from '#runtime';
import { TICK_MS } from '../settings.js';
import type { WorkerParts } from '../parts.js';

/** Moves realtime markets with the time of day. One whose clock fails keeps no other one. */
export function tickClocks({ pool, clock, journal, report }: WorkerParts): Service {
  const ticker = new TickRealtime(createClockStore(pool), clock, (...failure) => journal.marketTrouble('clock', ...failure));
  return runPeriodically(
    { name: 'clock', everyMs: TICK_MS, run: () => ticker.run(), onFailed: (cause) => report.trouble('clock', cause) },
    clock,
  );
}
