import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'undici';
import { BidSource } from './bid-source.js';
import { moveClocks } from './clocks.js';
import { drive } from './drive.js';
import { follow } from './follow.js';
import { Meter } from './meter.js';
import type { Clock, LoadOptions } from './options.js';
import type { LoadStage } from './stage.js';

/** How long is waited for the decisions that are still out when the load has ended, ms. */
const DECIDED_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 20;
/** Events that are on their way when all is decided get so long, ms: those that would tell of a bid twice. */
const AFTERTHOUGHT_MS = 200;

/** What a load has shown. */
export interface Measurement {
  readonly pool: Pool;
  readonly stage: LoadStage;
  readonly options: LoadOptions;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Shown the meter from time to time. */
  readonly onMeter?: (meter: Meter) => void;
}

const SHOW_EVERY_MS = 500;

/** Loads the server and waits until every acknowledged bid has been decided, where decisions are followed. */
export async function measure({ pool, stage, options, clock, signal, onMeter }: Measurement): Promise<Meter> {
  const meter = new Meter(clock);
  const following = options.follow ? follow(stage, meter) : undefined;
  const clocks = moveClocks(stage, options.slotMs, meter);
  const shown = onMeter && setInterval(() => onMeter(meter), SHOW_EVERY_MS);
  try {
    await drive({ pool, source: new BidSource(stage, options.bulk), meter, clock, options, signal });
    if (following) await untilDecided(meter, clock, signal);
  } finally {
    clearInterval(shown);
    await clocks.stop();
    await following?.stop();
  }
  return meter;
}

async function untilDecided(meter: Meter, clock: Clock, signal: AbortSignal): Promise<void> {
  const endMs = clock.nowMs() + DECIDED_WITHIN_MS;
  while (meter.pending > 0 && clock.nowMs() < endMs && !signal.aborted) await sleep(LOOK_EVERY_MS);
  await sleep(AFTERTHOUGHT_MS);
}
