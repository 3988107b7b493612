import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'undici';
import { createPrng, type Prng } from '#lab';
import type { BidSource } from './bid-source.js';
import type { Meter } from './meter.js';
import type { Clock, LoadOptions } from './options.js';
import { send } from './sender.js';

/** Clients that place bids for some time. */
export interface Drive {
  readonly pool: Pool;
  readonly source: BidSource;
  readonly meter: Meter;
  readonly clock: Clock;
  readonly options: Pick<LoadOptions, 'mode' | 'rate' | 'connections' | 'seconds' | 'warmup' | 'bulk' | 'seed'>;
  /** Aborts to end the load early. */
  readonly signal: AbortSignal;
}

/** Sends bids until the time is over and every request has its answer. */
export async function drive(load: Drive): Promise<void> {
  load.meter.start(load.options.warmup * 1000);
  const endMs = load.clock.nowMs() + (load.options.warmup + load.options.seconds) * 1000;
  if (load.options.mode === 'open') await openArrivals(load, endMs);
  else await Promise.all(Array.from({ length: load.options.connections }, () => closedLoop(load, endMs)));
}

async function closedLoop({ pool, source, meter, clock, signal }: Drive, endMs: number): Promise<void> {
  while (clock.nowMs() < endMs && !signal.aborted) {
    const awayMs = await send(pool, source.next(), meter, clock.nowMs());
    if (awayMs > 0) await sleep(Math.min(awayMs, Math.max(0, endMs - clock.nowMs())));
  }
}

/**
 * Requests at the times of a Poisson process, whether or not earlier ones have been answered. Their latency counts from the time at which
 * they were due, so that a server (or a client) that falls behind can't hide it.
 */
async function openArrivals({ pool, source, meter, clock, options, signal }: Drive, endMs: number): Promise<void> {
  const meanMs = (1000 * options.bulk) / options.rate;
  const prng = createPrng(options.seed);
  const sent = new Set<Promise<unknown>>();
  let dueMs = clock.nowMs() + pauseMs(prng, meanMs);
  while (dueMs < endMs && !signal.aborted) {
    const aheadMs = dueMs - clock.nowMs();
    if (aheadMs > 0) await sleep(aheadMs);
    while (dueMs <= clock.nowMs() && dueMs < endMs) {
      const sending: Promise<unknown> = send(pool, source.next(), meter, dueMs).finally(() => sent.delete(sending));
      sent.add(sending);
      dueMs += pauseMs(prng, meanMs);
    }
  }
  await Promise.all(sent);
}

const RESOLUTION = 2 ** 30;

/** Exponentially distributed. */
const pauseMs = (prng: Prng, meanMs: number): number => -Math.log((prng.below(RESOLUTION) + 1) / RESOLUTION) * meanMs;
