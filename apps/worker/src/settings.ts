import type { PaceLimits } from '#market';
import type { BellSite } from '#queue';

/** What a worker is told once, at its start. */
export interface WorkerSettings extends BellSite {
  /** A name that no other process has. */
  readonly owner: string;
  readonly leaseMs: number;
  readonly batchMax: number;
  /** Turns at the same time. */
  readonly concurrency: number;
  /** Threads for what takes long to think about: so many such markets at the same time. */
  readonly thinkThreads: number;
  /** Books kept in memory, cells of 16 bytes. */
  readonly bookCellsMax: number;
}

/** How often markets with a backlog are looked for where a bell was lost, ms. */
export const SWEEP_MS = 1_000;
/**
 * While bids are being decided, and for a while after the last decision, they are looked for more often: the pause in between grows with
 * the rate of decisions.
 */
export const PACE: PaceLimits = { windowMs: 250, msPerRate: 30, pauseMsMin: 10, pauseMsMax: 60, busyMs: 1_000 };
/** The most markets whose batches are read and written together. */
export const TURN_MARKETS_MAX = 16;
/** How often the clocks of realtime markets are looked at, ms. */
export const TICK_MS = 1_000;
/** How often receipts are written, and for how long at a time: while bids wait, and when there is nothing else to do, ms. */
export const SEAL_MS = 2_000;
export const SEAL_BUDGET_BUSY_MS = 20;
export const SEAL_BUDGET_IDLE_MS = 1_000;
/** A batch takes no further bid once it has been thought about for so long, ms; a part of the lease. */
export const THINK_MS_MAX = 250;
/** What is being thought about when the worker is told to end may end within so long, ms; then it is left to the next worker. */
export const THINK_GRACE_MS = 2_000;
