import { setImmediate } from 'node:timers/promises';
import { CloseWindow, OpenWindow, WatchSites } from '#market';
import { createBase, createBeatStore, createRepairStore, createWindowsWork } from '#persistence';
import { runPeriodically, type Service } from '#runtime';
import { WATCH_SITES_MS } from '../settings.js';
import type { WorkerParts } from '../parts.js';

/** Takes sites off sale whose heartbeats were missed, and puts them on sale again once they are heard. */
export function watchSites({ pool, settings, clock, figures, report, kinds }: WorkerParts): Service {
  const base = createBase(settings.databaseUrl);
  const windows = createWindowsWork(base);
  const impact = { store: createRepairStore(pool), kinds, pause: () => setImmediate() };
  const watch = new WatchSites(createBeatStore(pool), new OpenWindow(windows, impact), new CloseWindow(windows), clock);
  const service = runPeriodically(
    {
      name: 'heartbeats',
      everyMs: WATCH_SITES_MS,
      run: async () => figures.sites(await watch.run()),
      onFailed: (cause) => report.trouble('heartbeats', cause),
    },
    clock,
  );
  return {
    ...service,
    stop: async () => {
      await service.stop();
      await base.close();
    },
  };
}
