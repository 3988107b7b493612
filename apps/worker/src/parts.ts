import type { Kinds } from '#kinds';
import type { AdaptiveDelay } from '#market';
import type { Clock, ProcessReport } from '#runtime';
import type { ThinkPool } from '#thinking';
import type { Pool } from 'pg';
import type { Journal } from './journal.js';
import type { MarketRunner } from './market-runner.js';
import type { WorkerSettings } from './settings.js';
import type { Sweeper } from './sweeper.js';
import type { Figures } from './watching/figures.js';
import type { WaitSample } from './watching/wait-sample.js';

/** What services of a worker are made of. */
export interface WorkerParts {
  readonly settings: WorkerSettings;
  readonly kinds: Kinds;
  readonly pool: Pool;
  readonly clock: Clock;
  readonly report: ProcessReport;
  readonly journal: Journal;
  readonly figures: Figures;
  readonly thinkers: ThinkPool;
  readonly runner: MarketRunner;
  readonly sweeper: Sweeper;
  readonly pace: AdaptiveDelay;
  readonly sample: WaitSample;
}
