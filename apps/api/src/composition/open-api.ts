import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { listenForChanges } from '#persistence';
import { openThinkPool, type ThinkWatch } from '#thinking';
import { createApi } from '../create-api.js';
import { ApiDocument } from '../service/api-document.js';
import { Metrics } from '../service/metrics.js';
import { MarketPulse } from '../streams/market-pulse.js';
import { compose } from './compose.js';
import { Lifecycle } from './lifecycle.js';
import type { ApiSettings } from './settings.js';
import { openStores } from './stores.js';
import type { Surroundings } from './surroundings.js';

/** A worker that has decided something looks for bids of all markets for longer than this (busyMs of its PACE), ms. */
const AWAKE_MS = 400;

/** Makes the whole API over a database that has its schema. It listens where the caller says, and gives everything back when it is closed. */
export async function openApi(settings: ApiSettings, surroundings: Surroundings): Promise<NestFastifyApplication> {
  const { logger } = surroundings;
  const ending = { draining: new AbortController(), stopping: new AbortController() };
  const metrics = new Metrics();
  const pulse = new MarketPulse();
  const stores = openStores(settings, metrics);
  let decidedAtMs = -Infinity;
  const isAwake = (): boolean => Math.abs(surroundings.clock.nowMs() - decidedAtMs) < AWAKE_MS;
  const listen = () =>
    listenForChanges(settings.databaseUrl, {
      onChange: ({ marketId, isDecided }) => {
        if (isDecided) decidedAtMs = surroundings.clock.nowMs();
        pulse.beat(marketId);
      },
      onTrouble: (err) => {
        metrics.trouble('notification');
        logger.warn({ err }, 'not listening for changes; looking now and then instead');
      },
    });
  const watch: ThinkWatch = {
    ended: (task, seconds) => metrics.thought(task, seconds),
    failed: (task, err) => {
      metrics.trouble('thread');
      logger.warn({ err, task }, 'a thread could not think something through; who asked is told to ask again');
    },
  };
  const thinkers = openThinkPool({ threads: settings.thinkThreads, clock: surroundings.clock, watch });
  const { services, door, accept } = compose({ thinkers, settings, surroundings, stores, metrics, pulse, ending, isAwake });
  const lifecycle = new Lifecycle({
    ending,
    drainMs: settings.drainMs ?? 0,
    accept,
    listen,
    stores,
    thinkers,
    tracing: surroundings.tracing,
  });
  const document = new ApiDocument(settings.version);
  return createApi({
    isTraced: surroundings.tracing !== undefined,
    services: [...services, lifecycle],
    door,
    metrics,
    document,
    bodyLimitBytes: settings.bodyLimitBytes,
    logger,
    ending,
  });
}
