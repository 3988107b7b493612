import { createWakeUpQueue, type WakeUpQueue } from '#queue';
import { createBase, createPool, type Base } from '#persistence';
import type { Pool } from 'pg';
import type { Metrics } from '../service/metrics.js';
import type { ApiSettings } from './settings.js';

/** Everything that holds a connection. */
export interface Stores {
  /** Short statements: keys of the hot path, reads, bids. */
  readonly pool: Pool;
  /** Transactions of the cold paths. */
  readonly base: Base;
  readonly wakeUps: WakeUpQueue;
}

/** Opens what holds connections; they connect when they are first used. */
export function openStores({ databaseUrl, redisUrl, connections }: ApiSettings, metrics: Metrics): Stores {
  return {
    pool: createPool(databaseUrl, { max: connections }),
    base: createBase(databaseUrl),
    wakeUps: createWakeUpQueue({ databaseUrl, ...(redisUrl === undefined ? {} : { redisUrl }) }, () => metrics.trouble('wake_ups')),
  };
}
