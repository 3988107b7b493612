import type { AcceptBids } from '#market';
import type { MarketChanges } from '#persistence';
import { resource, type Service, ServiceList, together } from '#runtime';
import type { Tracing } from '#telemetry';
import type { ThinkPool } from '#thinking';
import type { Stores } from './stores.js';

/** What services of the API are made of. */
export interface ServiceParts {
  readonly stores: Stores;
  /** Begins to listen for changes of the markets. */
  readonly listen: () => MarketChanges;
  readonly thinkers: ThinkPool;
  readonly accept: AcceptBids;
  readonly tracing?: Tracing | undefined;
}

/** Hears of changes of the markets, while the API runs. */
function hearChanges({ listen }: ServiceParts): Service {
  let changes: MarketChanges | undefined;
  return {
    name: 'changes',
    start: () => {
      changes = listen();
    },
    stop: () => changes?.close(),
  };
}

/** What the API runs and holds beside requests, a line for each: begun in this order, ended in reverse once requests have been answered. */
export const servicesOf = (parts: ServiceParts): ServiceList => {
  const { stores, thinkers, accept, tracing } = parts;
  const { pool, base, wakeUps } = stores;
  return new ServiceList([
    resource('tracing', () => tracing?.stop()),
    together('connections', [
      resource('pool', () => pool.end()),
      resource('base', () => base.close()),
      resource('wake-ups', () => wakeUps.close()),
      hearChanges(parts),
    ]),
    resource('threads', () => thinkers.close(0)), // whoever waited for a quote has been answered
    resource('bids', () => accept.idle()),
  ]);
};
