import type { Server } from 'node:http';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { Pace, SealLog, TickRealtime } from '#market';
import { findWaitingMarkets } from '#persistence';
import { createBellListener, type BellListener, type TraceCarrier } from '#queue';
import { type SpanOptions, traced, type Tracing } from '#telemetry';
import type { ThinkPool } from '#thinking';
import type { Pool } from 'pg';
import { every, type Repetition } from './every.js';
import type { Journal } from './journal.js';
import type { MarketRunner } from './market-runner.js';
import { SEAL_BUDGET_BUSY_MS, SEAL_BUDGET_IDLE_MS, SEAL_MS, SWEEP_MS, THINK_GRACE_MS, TICK_MS, type WorkerSettings } from './settings.js';

/** The parts that the worker's life moves. */
export interface WorkerParts {
  readonly settings: WorkerSettings;
  readonly pool: Pool;
  readonly thinkers: ThinkPool;
  readonly runner: MarketRunner;
  readonly pace: Pace;
  readonly ticker: TickRealtime;
  readonly sealer: SealLog;
  readonly journal: Journal;
  /** Where figures are served, if they are. */
  readonly metrics?: Server | undefined;
  readonly tracing?: Tracing | undefined;
}

/**
 * Begins with the application and ends with it. Three things wake a market: the bell, which names one and is meant for all, the sweep over the backlog (so that a lost bell, or
 * a queue that is away, costs a second and no more; while bids come in, the sweep is quick and spares the bell), and bids that come while it
 * is awake. Told to end, the worker hears no more bells, lets each market finish the batch that it is at (for a moment, where that takes long), gives
 * the leases back and closes its connections.
 */
export class WorkerLife implements OnApplicationBootstrap, OnApplicationShutdown {
  private listener?: BellListener;
  private repetitions: Repetition[] = [];

  constructor(private readonly parts: WorkerParts) {}

  onApplicationBootstrap(): void {
    const { settings, pace, ticker, journal } = this.parts;
    this.listener = createBellListener({
      ...settings,
      onWake: (marketId, trace) => traced('wake market', wakeSpan(marketId, trace), () => this.wake(marketId)),
      onError: (cause) => journal.trouble('bell', cause),
    });
    this.repetitions = [
      every(
        SWEEP_MS,
        () => this.sweep(),
        (cause) => journal.trouble('sweep', cause),
      ),
      every(
        () => pace.pauseMs,
        () => (pace.isBusy() ? this.sweep() : Promise.resolve()),
        (cause) => journal.trouble('sweep', cause),
      ),
      every(
        TICK_MS,
        () => ticker.run(),
        (cause) => journal.trouble('clock', cause),
      ),
      every(
        SEAL_MS,
        () => this.seal(),
        (cause) => journal.trouble('receipts', cause),
      ),
    ];
  }

  async onApplicationShutdown(): Promise<void> {
    const { runner, pool, thinkers, metrics, tracing } = this.parts;
    metrics?.close();
    const stopped = Promise.all([runner.stop(), thinkers.close(THINK_GRACE_MS)]);
    await Promise.all([stopped, ...this.repetitions.map((repetition) => repetition.stop())]);
    await this.listener?.close();
    await pool.end();
    await tracing?.stop();
  }

  /** A ring names one market and is meant for all that have bids. */
  private async wake(marketId: bigint): Promise<void> {
    const { runner, journal } = this.parts;
    const wasAwake = runner.isAwake(marketId);
    await this.sweep().catch((cause: unknown) => journal.trouble('sweep', cause));
    if (wasAwake || !runner.isAwake(marketId)) await runner.wake(marketId);
  }

  private async sweep(): Promise<void> {
    const { pool, runner, settings } = this.parts;
    for (const marketId of await findWaitingMarkets(pool, settings)) {
      if (!runner.isAwake(marketId)) void runner.wake(marketId); // never rejects
    }
  }

  /** Receipts take what deciding leaves: little while bids keep coming. */
  private async seal(): Promise<void> {
    const { pace, sealer } = this.parts;
    await sealer.run(pace.isBusy() ? SEAL_BUDGET_BUSY_MS : SEAL_BUDGET_IDLE_MS);
  }
}

/** A wake-up goes on from the bid that rang for it. */
const wakeSpan = (marketId: bigint, parent?: TraceCarrier): SpanOptions => ({
  attributes: { 'eris.market': marketId.toString() },
  ...(parent ? { parent } : {}),
});
