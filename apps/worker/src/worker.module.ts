import type { Server } from 'node:http';
import { type DynamicModule, Module } from '@nestjs/common';
import { type Clock, type DecideLimits, DecideMarkets, Pace, SealLog, TickRealtime } from '#market';
import { createOracle } from '#kinds';
import { createClockStore, createDecidingStore, createReceiptStore, readWaits } from '#persistence';
import type { Tracing } from '#telemetry';
import { openThinkPool } from '#thinking';
import type { Pool } from 'pg';
import { Journal } from './journal.js';
import { MarketRunner, type RunLimits } from './market-runner.js';
import { PACE, THINK_MS_MAX, TURN_MARKETS_MAX, type WorkerSettings } from './settings.js';
import { Figures } from './watching/figures.js';
import { WaitSample } from './watching/wait-sample.js';
import { watchDeciding } from './watching/watch-deciding.js';
import { WatchLife } from './watching/watch-life.js';
import { watchThinking } from './watching/watch-thinking.js';
import { WorkerLife } from './worker-life.js';

/** What the worker gets from outside: nothing in it reads the environment, the time of day or chance by itself. */
export interface WorkerSurroundings {
  readonly settings: WorkerSettings;
  readonly pool: Pool;
  readonly clock: Clock;
  readonly journal: Journal;
  /** Where figures are served, if they are. */
  readonly metrics?: Server | undefined;
  /** Traces, where they are made. */
  readonly tracing?: Tracing | undefined;
}

/** Decides bids, ticks realtime clocks, sweeps for lost bells. */
@Module({})
export class WorkerModule {
  static within({ settings, pool, clock, journal, metrics, tracing }: WorkerSurroundings): DynamicModule {
    const figures = new Figures(journal.registry);
    const sample = new WaitSample(
      (bidIds) => readWaits(pool, bidIds),
      (seconds) => figures.wait(seconds),
      (cause) => journal.trouble('watch', cause),
    );
    const pace = new Pace(clock, PACE);
    const onDecided = (bidIds: readonly bigint[]): void => {
      pace.count(bidIds.length);
      sample.take(bidIds);
    };
    const thinkers = openThinkPool({ threads: settings.thinkThreads, clock, watch: watchThinking(figures, journal) });
    figures.thinking(thinkers);
    const store = watchDeciding(createDecidingStore(pool), { figures, clock, onDecided });
    return {
      module: WorkerModule,
      providers: [
        {
          provide: DecideMarkets,
          useFactory: () => new DecideMarkets(store, createOracle('default'), limitsOf(settings), clock, thinkers),
        },
        {
          provide: MarketRunner,
          useFactory: (decider: DecideMarkets) => new MarketRunner(decider, clock, journal, runLimitsOf(settings)),
          inject: [DecideMarkets],
        },
        { provide: WatchLife, useFactory: () => new WatchLife({ pool, figures, sample, journal }) },
        {
          provide: TickRealtime,
          useFactory: () => new TickRealtime(createClockStore(pool), clock, (...failure) => journal.marketTrouble('clock', ...failure)),
        },
        {
          provide: SealLog,
          useFactory: () => new SealLog(createReceiptStore(pool), clock, (...failure) => journal.marketTrouble('receipts', ...failure)),
        },
        {
          provide: WorkerLife,
          useFactory: (runner: MarketRunner, ticker: TickRealtime, sealer: SealLog) =>
            new WorkerLife({ settings, pool, thinkers, runner, pace, ticker, sealer, journal, metrics, tracing }),
          inject: [MarketRunner, TickRealtime, SealLog],
        },
      ],
    };
  }
}

function limitsOf({ owner, leaseMs, batchMax, bookCellsMax }: WorkerSettings): DecideLimits {
  return { owner, leaseMs, batchMax, bookCellsMax, thinkMs: Math.min(THINK_MS_MAX, Math.floor(leaseMs / 4)) };
}

const runLimitsOf = ({ concurrency, thinkThreads }: WorkerSettings): RunLimits => ({
  turns: concurrency,
  marketsMax: TURN_MARKETS_MAX,
  slowTurns: thinkThreads,
});
