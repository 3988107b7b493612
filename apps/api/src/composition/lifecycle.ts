import type { AcceptBids } from '#market';
import type { MarketChanges } from '#persistence';
import type { OnApplicationShutdown, OnModuleDestroy } from '@nestjs/common';
import type { Stores } from './stores.js';

/** What is ended, in order. */
interface Ending {
  readonly stop: AbortController;
  readonly accept: AcceptBids;
  readonly changes: MarketChanges;
  readonly stores: Stores;
}

/**
 * The end of the process. First those who wait are let go (streams end, waiting requests answer 202) and readiness is withdrawn; the
 * framework then finishes the requests under way; last the connections are given back.
 */
export class Lifecycle implements OnModuleDestroy, OnApplicationShutdown {
  constructor(private readonly ending: Ending) {}

  onModuleDestroy(): void {
    this.ending.stop.abort();
  }

  async onApplicationShutdown(): Promise<void> {
    const { accept, changes, stores } = this.ending;
    await accept.idle();
    await Promise.all([changes.close(), stores.bell.close(), stores.base.close(), stores.pool.end()]);
  }
}
