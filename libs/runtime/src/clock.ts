import { setTimeout as timeout } from 'node:timers/promises';

/** The time of day, and waiting, as an argument. */
export interface Clock {
  nowMs(): number;
  /** Resolves after so many milliseconds, or as soon as the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** A clock that waits by the machine's timers. @param nowMs what says the time, ms: only main files know the machine's. */
export const clockOf = (nowMs: () => number): Clock => ({ nowMs, sleep });

async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await timeout(ms, undefined, signal && { signal });
  } catch (cause) {
    if (!signal?.aborted) throw cause;
  }
}
