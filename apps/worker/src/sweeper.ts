import type { ProcessReport } from '#runtime';
import type { MarketRunner } from './market-runner.js';

/** Looks for markets that have bids and are not awake, and wakes them: what a lost wake-up costs is the time until the next look. */
export class Sweeper {
  constructor(
    private readonly findWaiting: () => Promise<readonly bigint[]>,
    private readonly runner: MarketRunner,
    private readonly report: ProcessReport,
  ) {}

  async sweep(): Promise<void> {
    for (const marketId of await this.findWaiting()) {
      if (!this.runner.isAwake(marketId)) void this.runner.wake(marketId); // never rejects
    }
  }

  /** A wake-up names one market and is meant for all that have bids. */
  async wake(marketId: bigint): Promise<void> {
    const wasAwake = this.runner.isAwake(marketId);
    await this.sweep().catch((cause: unknown) => this.report.trouble('sweep', cause));
    if (wasAwake || !this.runner.isAwake(marketId)) await this.runner.wake(marketId);
  }
}
