import type { AcceptLimits, RateLimit } from '#market';
import type { QueueConnection } from '#queue';
import type { AccessLogged } from '../http/access-log.js';

/** What the API is told once, at its start. */
export interface ApiSettings extends QueueConnection {
  /** The most connections to Postgres for requests. */
  readonly connections: number;
  readonly accept: AcceptLimits;
  /** The most undecided bids of a bidder in a market; as many as come without. */
  readonly undecidedMax?: number;
  /** Threads for quotes on large markets. */
  readonly thinkThreads: number;
  /** Books kept in memory, cells of 16 bytes. */
  readonly bookCellsMax: number;
  /** How fast a key may go; as fast as it likes without. */
  readonly rateLimit?: RateLimit;
  /** How fast all keys of an organisation may go together, and a family FAMILY_TIMES as fast; as fast as they like without. */
  readonly organisationRateLimit?: RateLimit;
  /** What one organisation may have of what all share, as a part of 1; a quarter where nothing is said. */
  readonly tenantShare?: number;
  readonly eventStreamsMax?: number;
  readonly connectionsMax?: number;
  /** Connections of an address that have not shown a valid key. */
  readonly connectionsPerAddress?: number;
  /** How long a body may take before it must arrive at the least rate, ms. */
  readonly bodyTimeoutMs?: number;
  /** Origins whose pages may use the API; none where nothing is said. */
  readonly corsOrigins?: readonly string[];
  /** Which requests get a line in the log; none where nothing is said. */
  readonly accessLogged?: AccessLogged;
  /** How long work under way may take to end, ms. */
  readonly shutdownMs?: number;
  /** How long requests are still taken once the end has been asked for, ms. */
  readonly drainMs?: number;
  readonly bodyLimitBytes: number;
  /** Where the build of the dashboard lies; in `dist/admin` of the package where nothing is said. */
  readonly adminFolder?: string;
  readonly version: string;
}
