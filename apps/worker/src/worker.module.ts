import { type DynamicModule, Module } from '@nestjs/common';
import { type Clock, DecideMarket, SealLog, TickRealtime } from '#market';
import { createOracle } from '#mechanism';
import { createClockStore, createDecidingStore, createReceiptStore } from '#persistence';
import type { Pool } from 'pg';
import { Journal } from './journal.js';
import { MarketRunner } from './market-runner.js';
import { THINK_MS_MAX, type WorkerSettings } from './settings.js';
import { WorkerLife } from './worker-life.js';

/** What the worker gets from outside: nothing in it reads the environment, the time of day or chance by itself. */
export interface WorkerSurroundings {
  readonly settings: WorkerSettings;
  readonly pool: Pool;
  readonly clock: Clock;
  readonly journal: Journal;
}

/** Decides bids, ticks realtime clocks, sweeps for lost bells. */
@Module({})
export class WorkerModule {
  static within({ settings, pool, clock, journal }: WorkerSurroundings): DynamicModule {
    return {
      module: WorkerModule,
      providers: [
        {
          provide: DecideMarket,
          useFactory: () => new DecideMarket(createDecidingStore(pool), createOracle('default'), limitsOf(settings), clock),
        },
        {
          provide: MarketRunner,
          useFactory: (decider: DecideMarket) => new MarketRunner(decider, clock, journal, settings.concurrency),
          inject: [DecideMarket],
        },
        { provide: TickRealtime, useFactory: () => new TickRealtime(createClockStore(pool), clock) },
        { provide: SealLog, useFactory: () => new SealLog(createReceiptStore(pool), clock) },
        {
          provide: WorkerLife,
          useFactory: (runner: MarketRunner, ticker: TickRealtime, sealer: SealLog) =>
            new WorkerLife({ settings, pool, runner, ticker, sealer, journal }),
          inject: [MarketRunner, TickRealtime, SealLog],
        },
      ],
    };
  }
}

function limitsOf({ owner, leaseMs, batchMax }: WorkerSettings): { owner: string; leaseMs: number; batchMax: number; thinkMs: number } {
  return { owner, leaseMs, batchMax, thinkMs: Math.min(THINK_MS_MAX, Math.floor(leaseMs / 4)) };
}
