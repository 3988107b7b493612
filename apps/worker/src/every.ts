import { setTimeout as sleep } from 'node:timers/promises';

/** Something done again and again. */
export interface Repetition {
  /** Ends it, after the turn that it is at. */
  stop(): Promise<void>;
}

/** Does `turn` `ms` after the last turn ended, again and again. A turn that fails is reported and tried again, after a pause that doubles up to `restMsMax`. */
export function every(
  ms: number | (() => number),
  turn: () => Promise<unknown>,
  onFailed: (cause: unknown) => void,
  restMsMax = 10_000,
): Repetition {
  const stopping = new AbortController();
  const loop = async (): Promise<void> => {
    let failures = 0;
    while (!stopping.signal.aborted) {
      const restMs = typeof ms === 'number' ? ms : ms();
      await pause(Math.min(restMs * 2 ** failures, Math.max(restMs, restMsMax)), stopping.signal);
      if (stopping.signal.aborted) return;
      try {
        await turn();
        failures = 0;
      } catch (cause) {
        failures++;
        onFailed(cause);
      }
    }
  };
  const ended = loop();
  return {
    stop: () => {
      stopping.abort();
      return ended;
    },
  };
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch (cause) {
    if (!signal.aborted) throw cause;
  }
}
