import type { AcceptBids } from '#market';
import type { MarketChanges } from '#persistence';
import type { OnApplicationShutdown, OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import type { Stores } from './stores.js';

/** What begins and ends with the application. */
interface Parts {
  readonly stop: AbortController;
  readonly accept: AcceptBids;
  /** Begins to listen for changes of the markets. */
  readonly listen: () => MarketChanges;
  readonly stores: Stores;
}

/**
 * The beginning and the end of the process. At the end, first those who wait are let go (streams end, waiting requests answer 202) and readiness is withdrawn; the
 * framework then finishes the requests under way; last the connections are given back.
 */
export class Lifecycle implements OnModuleInit, OnModuleDestroy, OnApplicationShutdown {
  private changes?: MarketChanges;

  constructor(private readonly parts: Parts) {}

  onModuleInit(): void {
    this.changes = this.parts.listen();
  }

  onModuleDestroy(): void {
    this.parts.stop.abort();
  }

  async onApplicationShutdown(): Promise<void> {
    const { accept, stores } = this.parts;
    await accept.idle();
    await Promise.all([this.changes?.close(), stores.bell.close(), stores.base.close(), stores.pool.end()]);
  }
}
