import { DecideMarkets, type DecideLimits, AdaptiveDelay, PACE, thinkMsOf } from '#market';
import type { KnownKinds } from '#kinds';
import { createDecidingStore, createPool, findWaitingMarkets, readWaits } from '#persistence';
import { type Clock, ProcessReport, resource, ServiceList, together } from '#runtime';
import type { Tracing } from '#telemetry';
import { openThinkPool } from '#thinking';
import type { Logger } from 'pino';
import { Journal } from './journal.js';
import { MarketRunner, type RunLimits } from './market-runner.js';
import { SERVICES } from './services/index.js';
import type { WorkerParts } from './parts.js';
import { TURN_MARKETS_MAX, type WorkerSettings } from './settings.js';
import { Sweeper } from './sweeper.js';
import { Figures } from './watching/figures.js';
import { WaitSample } from './watching/wait-sample.js';
import { watchDeciding } from './watching/watch-deciding.js';
import { watchThinking } from './watching/watch-thinking.js';

/** What a worker gets from outside: nothing in it reads the environment, the time of day or chance by itself. */
export interface WorkerSurroundings extends KnownKinds {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Traces, where they are made. */
  readonly tracing?: Tracing | undefined;
}

/** A worker's services: what it does, and below that what it holds, which is given back when all it does has ended. */
export function composeWorker(settings: WorkerSettings, { clock, logger, tracing, ...known }: WorkerSurroundings): ServiceList {
  const report = new ProcessReport(logger);
  const pool = createPool(settings.databaseUrl, {
    max: settings.connections,
    isPlannedOnce: true,
    onLost: (cause) => report.trouble('database', cause),
  });
  const parts = partsOf(settings, { pool, clock, report }, known);
  const work = SERVICES.map((service) => service(parts));
  return new ServiceList([resource('tracing', () => tracing?.stop()), resource('pool', () => pool.end()), together('work', work)]);
}

function partsOf(
  settings: WorkerSettings,
  given: Pick<WorkerParts, 'pool' | 'clock' | 'report'>,
  { kinds, kindsFrom }: KnownKinds,
): WorkerParts {
  const { pool, clock, report } = given;
  const journal = new Journal(report);
  const figures = new Figures(report.registry);
  const sample = new WaitSample(
    (bidIds) => readWaits(pool, bidIds),
    (seconds) => figures.wait(seconds),
    (cause) => report.trouble('watch', cause),
  );
  const pace = new AdaptiveDelay(clock, PACE);
  const onDecided = (bidIds: readonly bigint[]): void => {
    pace.count(bidIds.length);
    sample.take(bidIds);
  };
  const thinkers = openThinkPool({
    threads: settings.thinkThreads,
    clock,
    watch: watchThinking(figures, report),
    ...(kindsFrom && { kindsFrom }),
  });
  figures.thinking(thinkers);
  const store = watchDeciding(createDecidingStore(pool), { figures, clock, onDecided });
  const decider = new DecideMarkets(store, kinds, limitsOf(settings), clock, thinkers);
  const runner = new MarketRunner(decider, clock, journal, runLimitsOf(settings));
  const sweeper = new Sweeper(() => findWaitingMarkets(pool, settings), runner, report);
  return { ...given, settings, kinds, journal, figures, sample, pace, thinkers, runner, sweeper };
}

function limitsOf({ owner, leaseMs, batchMax, bookCellsMax }: WorkerSettings): DecideLimits {
  return { owner, leaseMs, batchMax, bookCellsMax, thinkMs: thinkMsOf(leaseMs) };
}

const runLimitsOf = ({ concurrency, thinkThreads }: WorkerSettings): RunLimits => ({
  turns: concurrency,
  marketsMax: TURN_MARKETS_MAX,
  slowTurns: thinkThreads,
});
