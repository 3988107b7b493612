import { setTimeout as sleep } from 'node:timers/promises';
import type { Meter } from './meter.js';
import type { LoadStage } from './stage.js';

/** Clocks that are being moved. */
export interface MovingClocks {
  /** Resolves when the move that is under way is done. */
  stop(): Promise<void>;
}

/** Moves every market's clock by a slot, all of them once per `everyMs`: what was sold runs and is earned, and there is room again. */
export function moveClocks({ operator, markets }: LoadStage, everyMs: number, meter: Meter): MovingClocks {
  const stopping = new AbortController();
  const move = async (): Promise<void> => {
    for (let slot = 1; everyMs > 0 && !stopping.signal.aborted; slot++) {
      for (const { marketId } of markets) {
        await sleep(everyMs / markets.length);
        if (stopping.signal.aborted) return;
        await operator
          .call('advanceClock', { params: { marketId }, body: { slot } })
          .catch((cause: unknown) => meter.fail(`clock: ${String(cause)}`)); // the next turn goes further
      }
    }
  };
  const moving = move();
  return {
    stop: () => {
      stopping.abort();
      return moving;
    },
  };
}
