/** The bell that wakes a worker for a market; ringing may fail and may be lost. */
export interface Bell {
  ring(marketId: bigint): Promise<void>;
}

/**
 * Rings without anyone waiting: one ring per market at a time, one more afterwards if asked for meanwhile.
 * A failed ring is reported and forgotten: the worker's sweep finds the backlog.
 */
export class Ringer {
  private readonly ringing = new Map<bigint, { again: boolean }>();

  constructor(
    private readonly bell: Bell,
    private readonly onFailed: (marketId: bigint, cause: unknown) => void,
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
    }
    this.ringing.delete(marketId);
  }
}
