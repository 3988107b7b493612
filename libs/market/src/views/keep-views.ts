import type { Clock } from '../clock/index.js';
import { type OnMarketFailed, Rests } from '../rounds/index.js';
import type { ViewStore } from './ports.js';

/** Decisions that one statement takes in: some tens of milliseconds of the database. */
const DECISIONS_AT_ONCE = 500;

/** Takes decisions into what searches and series are read from, behind the log. Nobody waits for it. */
export class KeepViews {
  private readonly rests: Rests;
  private lag = 0n;

  /** @param onFailed told of each market that fails; without it the round ends with the first. */
  constructor(
    private readonly store: ViewStore,
    private readonly clock: Clock,
    onFailed?: OnMarketFailed,
  ) {
    this.rests = new Rests(onFailed);
  }

  /** Entries of all logs that were not taken in when it was last looked. */
  get lagEntries(): number {
    return Number(this.lag);
  }

  /** Takes in page after page, the markets in turn, until all are done or the time is used up. @returns how many decisions were taken in. */
  async run(budgetMs: number): Promise<number> {
    const endMs = this.clock.nowMs() + budgetMs;
    const lagging = await this.store.lagging();
    this.lag = lagging.reduce((sum, { entries }) => sum + entries, 0n);
    this.rests.keepOnly(new Set(lagging.map(({ marketId }) => marketId)));
    const markets = new Set(lagging.map(({ marketId }) => marketId).filter((id) => !this.rests.isResting(id, this.clock.nowMs())));
    let taken = 0;
    while (markets.size > 0)
      for (const marketId of markets) {
        if (this.clock.nowMs() >= endMs) return taken;
        const takeIn = () => this.store.takeIn(marketId, DECISIONS_AT_ONCE);
        const count = (await this.rests.attempt(marketId, this.clock.nowMs(), takeIn)) ?? 0;
        if (count < DECISIONS_AT_ONCE) markets.delete(marketId);
        taken += count;
      }
    this.lag = 0n;
    return taken;
  }
}
