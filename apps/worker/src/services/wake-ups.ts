import { type WakeUpListener, createWakeUpListener, type TraceCarrier } from '#queue';
import type { Service } from '#runtime';
import { type SpanOptions, traced } from '#telemetry';
import type { WorkerParts } from '../parts.js';

/** Wakes markets when the API says so, in the trace of the bid that it said so for. */
export function listenForWakeUps({ settings, sweeper, report }: WorkerParts): Service {
  let listener: WakeUpListener | undefined;
  return {
    name: 'wake-ups',
    start: () => {
      listener = createWakeUpListener({
        ...settings,
        onWake: (marketId, trace) => traced('wake market', wakeSpan(marketId, trace), () => sweeper.wake(marketId)),
        onError: (cause) => report.trouble('wake_ups', cause),
      });
    },
    stop: () => listener?.close(),
  };
}

const wakeSpan = (marketId: bigint, parent?: TraceCarrier): SpanOptions => ({
  attributes: { 'eris.market': marketId.toString() },
  ...(parent ? { parent } : {}),
});
