/** The bell that wakes a worker for a market; ringing may fail and may be lost. */
export interface Bell {
  ring(marketId: bigint): Promise<void>;
}

/**
 * Rings without anyone waiting: the first time at once, then one ring per market at a time and, where it was asked for meanwhile, one more
 * after a rest: a worker that is awake looks for new bids by itself, and each ring costs the queue several statements. A failed ring is reported and forgotten: the worker's sweep finds the backlog.
 */
export class Ringer {
  private readonly ringing = new Map<bigint, { again: boolean }>();

  constructor(
    private readonly bell: Bell,
    private readonly onFailed: (marketId: bigint, cause: unknown) => void,
    /** ms */
    private readonly restMs = 0,
  ) {}

  ring(marketId: bigint): void {
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
      if (this.restMs > 0) await new Promise((resolve) => setTimeout(resolve, this.restMs).unref());
    }
    this.ringing.delete(marketId);
  }
}
