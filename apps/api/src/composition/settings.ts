import type { AcceptLimits } from '#market';
import type { BellSite } from '#queue';

/** What the API is told once, at its start. */
export interface ApiSettings extends BellSite {
  /** The most connections to Postgres for requests. */
  readonly connections: number;
  readonly accept: AcceptLimits;
  readonly bodyLimitBytes: number;
  readonly version: string;
}
