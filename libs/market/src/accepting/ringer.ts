/** The bell that wakes a worker for a market; ringing may fail and may be lost. */
export interface Bell {
  ring(marketId: bigint): Promise<void>;
}

/** How a ringer spares its bell: each ring costs the queue several statements. */
export interface Sparing {
  /** How long a market that was rung for is not rung for again, ms. */
  readonly restMs: number;
  /** Whether a worker is known to be awake: it looks for new bids of all markets by itself. */
  readonly isAwake: () => boolean;
}

/**
 * Rings without anyone waiting, where no worker is known to be awake: the first time at once, then one ring per market at a time and, where
 * it was asked for meanwhile, one more after a rest. A failed ring is reported and forgotten: the worker's sweep finds the backlog.
 */
export class Ringer {
  private readonly ringing = new Map<bigint, { again: boolean }>();

  constructor(
    private readonly bell: Bell,
    private readonly onFailed: (marketId: bigint, cause: unknown) => void,
    private readonly sparing: Sparing = { restMs: 0, isAwake: () => false },
  ) {}

  ring(marketId: bigint): void {
    if (this.sparing.isAwake()) return;
    const current = this.ringing.get(marketId);
    if (current) current.again = true;
    else void this.ringWhileAsked(marketId);
  }

  private async ringWhileAsked(marketId: bigint): Promise<void> {
    const state = { again: true };
    this.ringing.set(marketId, state);
    while (state.again) {
      state.again = false;
      await this.bell.ring(marketId).catch((cause: unknown) => this.onFailed(marketId, cause));
      const { restMs } = this.sparing;
      if (restMs > 0) await new Promise((resolve) => setTimeout(resolve, restMs).unref());
    }
    this.ringing.delete(marketId);
  }
}
