/** How long something rests after it has failed, ms: twice as long each time. */
const REST_MS_MIN = 1_000;
const REST_MS_MAX = 60_000;

/** Told of one market's failure: the others of the round go on. */
export type OnMarketFailed = (marketId: bigint, cause: unknown, retryInMs: number) => void;

const endTheRound: OnMarketFailed = (_, cause) => {
  throw cause;
};

/** Markets that have failed in a round, each by itself: who rests is left out of the rounds until then. */
export class Rests {
  private readonly resting = new Map<bigint, { failures: number; untilMs: number }>();

  constructor(private readonly onFailed: OnMarketFailed = endTheRound) {}

  /** Whether a market is to be left out. One that would rest for longer than any may rests no more: the clock was set back meanwhile. */
  isResting(marketId: bigint, nowMs: number): boolean {
    const leftMs = (this.resting.get(marketId)?.untilMs ?? 0) - nowMs;
    return leftMs > 0 && leftMs <= REST_MS_MAX;
  }

  /** Does one market's part of a round. @returns undefined where it failed, which is told, and the market rests. */
  async attempt<T>(marketId: bigint, nowMs: number, work: () => Promise<T>): Promise<T | undefined> {
    try {
      const done = await work();
      this.resting.delete(marketId);
      return done;
    } catch (cause) {
      const failures = (this.resting.get(marketId)?.failures ?? 0) + 1;
      const restMs = Math.min(REST_MS_MAX, REST_MS_MIN * 2 ** (failures - 1));
      this.resting.set(marketId, { failures, untilMs: nowMs + restMs });
      this.onFailed(marketId, cause, restMs);
      return undefined;
    }
  }

  /** Forgets markets that are not among these: closed ones, or ones whose work is done. */
  keepOnly(marketIds: ReadonlySet<bigint>): void {
    for (const marketId of this.resting.keys()) if (!marketIds.has(marketId)) this.resting.delete(marketId);
  }
}
