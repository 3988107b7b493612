import type { Clock } from './clock.js';
import type { Service } from './service.js';

/** Something that is done again and again. */
export interface PeriodicTask {
  readonly name: string;
  /** How long after its end it is done again, ms; asked each time where it changes. */
  readonly everyMs: number | (() => number);
  run(): unknown;
  /** Told of each failure; it is tried again, after a pause that doubles. */
  onFailed(cause: unknown): void;
  /** What that pause grows to, ms; 10 s where nothing is said. */
  readonly restMsMax?: number;
}

const REST_MS_MAX = 10_000;

/** A service that does a task `everyMs` after its last turn ended, the first time too. It stops after the turn that it is at. */
export function runPeriodically(task: PeriodicTask, clock: Pick<Clock, 'sleep'>): Service {
  const stopping = new AbortController();
  let ended: Promise<void> = Promise.resolve();
  return {
    name: task.name,
    start: () => {
      ended = loop(task, clock, stopping.signal);
    },
    stop: () => {
      stopping.abort();
      return ended;
    },
  };
}

async function loop(task: PeriodicTask, clock: Pick<Clock, 'sleep'>, signal: AbortSignal): Promise<void> {
  for (let failures = 0; !signal.aborted;) {
    await clock.sleep(pauseMs(task, failures), signal);
    if (signal.aborted) return;
    try {
      await task.run();
      failures = 0;
    } catch (cause) {
      failures++;
      task.onFailed(cause);
    }
  }
}

function pauseMs({ everyMs, restMsMax = REST_MS_MAX }: PeriodicTask, failures: number): number {
  const ms = typeof everyMs === 'number' ? everyMs : everyMs();
  return Math.min(ms * 2 ** failures, Math.max(ms, restMsMax));
}
