import { getEventListeners } from 'node:events';
import { DecisionWaiter } from './decision-waiter.js';
import { MarketChangeNotifier } from './market-change-notifier.js';

function scene(stopping = new AbortController().signal) {
  const decided = new Set<bigint>();
  const queries: number[] = [];
  const troubles: unknown[] = [];
  const reader = {
    fails: false,
    decidedAmong: async (ids: readonly bigint[]) => {
      queries.push(ids.length);
      if (reader.fails) throw new Error('away');
      return ids.filter((id) => decided.has(id));
    },
  };
  const pulse = new MarketChangeNotifier();
  const waiter = new DecisionWaiter(reader, pulse, stopping, (cause) => troubles.push(cause));
  return { decided, queries, reader, pulse, waiter, troubles };
}

it('finds a bid that is decided already', async () => {
  const { decided, waiter } = scene();
  decided.add(7n);
  expect(await waiter.wait({ marketId: 1n, bidId: 7n, ms: 1_000 })).toBe(true);
});

it('looks once for all who wait when the market beats', async () => {
  const { decided, waiter, pulse, queries } = scene();
  const waits = Array.from({ length: 500 }, (_, index) => waiter.wait({ marketId: 1n, bidId: BigInt(index), ms: 5_000 }));
  setTimeout(() => {
    for (let id = 0n; id < 500n; id++) decided.add(id);
    pulse.publish(1n);
  }, 20);
  expect(new Set(await Promise.all(waits))).toEqual(new Set([true]));
  expect(queries.length).toBeLessThan(5);
});

it('finds a decision that nobody told of', async () => {
  const { decided, waiter } = scene();
  setTimeout(() => decided.add(7n), 50);
  expect(await waiter.wait({ marketId: 1n, bidId: 7n, ms: 5_000 })).toBe(true);
});

it('gives up in time', async () => {
  const { waiter } = scene();
  expect(await waiter.wait({ marketId: 1n, bidId: 7n, ms: 30 })).toBe(false);
  expect(await waiter.wait({ marketId: 1n, bidId: 7n, ms: 0 })).toBe(false);
});

it('lets go of everybody when the server stops, or the store fails', async () => {
  const stop = new AbortController();
  const stopped = scene(stop.signal);
  const waiting = stopped.waiter.wait({ marketId: 1n, bidId: 7n, ms: 60_000 });
  setTimeout(() => stop.abort(), 20);
  expect(await waiting).toBe(false);
  const failing = scene();
  failing.reader.fails = true;
  expect(await failing.waiter.wait({ marketId: 1n, bidId: 7n, ms: 60_000 })).toBe(false);
  expect(failing.troubles).toHaveLength(1);
});

/** What hangs on a signal: listeners, and signals that were made of it. */
const hangingOn = (signal: AbortSignal): number =>
  Object.getOwnPropertySymbols(signal)
    .map((symbol) => (signal as unknown as Record<symbol, unknown>)[symbol])
    .reduce<number>((sum, value) => sum + (value instanceof Set ? value.size : 0), getEventListeners(signal, 'abort').length);

it('leaves nothing behind on what outlives it, however many have waited', async () => {
  const stop = new AbortController();
  const { waiter, pulse, decided } = scene(stop.signal);
  const before = hangingOn(stop.signal);
  for (let id = 0n; id < 300n; id++) {
    const waiting = waiter.wait({ marketId: 1n, bidId: id, ms: 5_000 });
    await Promise.resolve();
    decided.add(id);
    pulse.publish(1n);
    await waiting;
  }
  expect(hangingOn(stop.signal)).toBe(before);
});

it('ends a wait early where it is told to', async () => {
  const { waiter } = scene();
  let end: () => void = () => undefined;
  const waiting = waiter.wait({ marketId: 1n, bidId: 7n, ms: 60_000 }, (given) => (end = given));
  end();
  expect(await waiting).toBe(false);
});
