import type { AcceptLimits, RateLimit } from '#market';
import type { BellSite } from '#queue';

/** What the API is told once, at its start. */
export interface ApiSettings extends BellSite {
  /** The most connections to Postgres for requests. */
  readonly connections: number;
  readonly accept: AcceptLimits;
  /** Threads for quotes on large markets. */
  readonly thinkThreads: number;
  /** Books kept in memory, cells of 16 bytes. */
  readonly bookCellsMax: number;
  /** How fast a key may go; as fast as it likes without. */
  readonly rateLimit?: RateLimit;
  /** How long requests are still taken once the end has been asked for, ms. */
  readonly drainMs?: number;
  readonly bodyLimitBytes: number;
  readonly version: string;
}
