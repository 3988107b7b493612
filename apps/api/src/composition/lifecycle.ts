import { setTimeout as sleep } from 'node:timers/promises';
import type { AcceptBids } from '#market';
import type { MarketChanges } from '#persistence';
import type { Tracing } from '#telemetry';
import type { ThinkPool } from '#thinking';
import type { OnApplicationShutdown, OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import type { Stores } from './stores.js';

/** The end of the process, in two steps. */
export interface Ending {
  /** Aborts when the end is asked for: readiness is withdrawn, answers end their connections, requests are still taken. */
  readonly draining: AbortController;
  /** Aborts when no more requests are taken: streams end, those who wait are answered. */
  readonly stopping: AbortController;
}

/** What begins and ends with the application. */
interface Parts {
  readonly ending: Ending;
  /** How long balancers get to notice that readiness was withdrawn, ms. */
  readonly drainMs: number;
  readonly accept: AcceptBids;
  /** Begins to listen for changes of the markets. */
  readonly listen: () => MarketChanges;
  readonly stores: Stores;
  readonly thinkers: ThinkPool;
  readonly tracing?: Tracing | undefined;
}

/**
 * The beginning and the end of the process. At the end, first readiness is withdrawn, while requests are still taken; then those who wait
 * are let go (streams end, waiting requests answer 202); the framework finishes the requests under way; last the connections are given back.
 */
export class Lifecycle implements OnModuleInit, OnModuleDestroy, OnApplicationShutdown {
  private changes?: MarketChanges;

  constructor(private readonly parts: Parts) {}

  onModuleInit(): void {
    this.changes = this.parts.listen();
  }

  async onModuleDestroy(): Promise<void> {
    const { ending, drainMs } = this.parts;
    ending.draining.abort();
    if (drainMs > 0) await sleep(drainMs);
    ending.stopping.abort();
  }

  async onApplicationShutdown(): Promise<void> {
    const { accept, stores, thinkers, tracing } = this.parts;
    await accept.idle();
    await thinkers.close(0); // whoever waited for a quote has been answered
    await Promise.all([this.changes?.close(), stores.bell.close(), stores.base.close(), stores.pool.end()]);
    await tracing?.stop();
  }
}
