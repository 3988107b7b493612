import type { QueueConnection } from '#queue';

/** What a worker is told once, at its start. */
export interface WorkerSettings extends QueueConnection {
  /** A name that no other process has. */
  readonly owner: string;
  /** Connections to Postgres at most. */
  readonly connections: number;
  /** Where figures are served, if they are. */
  readonly metrics?: { readonly host: string; readonly port: number } | undefined;
  readonly leaseMs: number;
  readonly batchMax: number;
  /** Turns at the same time. */
  readonly concurrency: number;
  /** Threads for what takes long to think about: so many such markets at the same time. */
  readonly thinkThreads: number;
  /** Books kept in memory, cells of 16 bytes. */
  readonly bookCellsMax: number;
}

/** How often a worker looks for those whom withdrawn capacity has hit, ms. */
export const REPAIR_MS = 200;

/** How often it is looked for sites whose heartbeats were missed, ms. */
export const WATCH_SITES_MS = 5_000;

/** How often it is looked for recurring maintenance whose next occurrences have come near, ms. */
export const RECURRING_MS = 1_000;

/** How often markets with a backlog are looked for where a wake-up was lost, ms. */
export const SWEEP_MS = 1_000;
/** The most markets whose batches are read and written together. */
export const TURN_MARKETS_MAX = 16;
/** How often the clocks of realtime markets are looked at, ms. */
export const TICK_MS = 1_000;
/** How often receipts are written, and for how long at a time: while bids wait, and when there is nothing else to do, ms. */
export const SEAL_MS = 2_000;
/** How long receipts may be appended at once while bids wait, ms. */
export const SEAL_BUDGET_BUSY_MS = 20;
/** The same while nothing waits, ms. */
export const SEAL_BUDGET_IDLE_MS = 1_000;
/** How often bids are measured for the levels of learnt prices, and for how long pages of them are begun: while bids wait, and when there is nothing else to do, ms. */
export const LEARN_MS = 250;
/** How long pages may be begun at once while bids wait, ms. */
export const LEARN_BUDGET_BUSY_MS = 20;
/** The same while nothing waits, ms. */
export const LEARN_BUDGET_IDLE_MS = 500;
/** How often views are brought up to date with the logs, ms. */
export const VIEWS_MS = 1_000;
/** How long that may take at once while bids wait, ms; a step that has begun ends. */
export const VIEWS_BUDGET_BUSY_MS = 20;
/** The same while nothing waits, ms. */
export const VIEWS_BUDGET_IDLE_MS = 1_000;
/** What is being thought about when the worker is told to end may end within so long, ms; then it is left to the next worker. */
export const THINK_GRACE_MS = 2_000;
