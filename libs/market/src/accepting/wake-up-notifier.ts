/** The bell that wakes a worker for a market; ringing may fail and may be lost. */
export interface WakeUpQueue {
  notify(marketId: bigint): Promise<void>;
}

/** How a ringer spares its bell: each ring costs the queue several statements. */
export interface NotifyThrottle {
  /** How long after a ring none follows, ms. */
  readonly restMs: number;
  /** Whether a worker is known to be awake: it looks for new bids of all markets by itself. */
  readonly isAwake: () => boolean;
}

/**
 * Rings without anyone waiting, where no worker is known to be awake: the first time at once, then one ring at a time and, where it was asked for
 * meanwhile, one more after a rest. Whoever is woken looks after all markets, so one of them is named. A failed ring is reported and forgotten: the
 * worker's sweep finds the backlog.
 */
export class WakeUpNotifier {
  private wanted: bigint | undefined;
  private isRinging = false;

  constructor(
    private readonly bell: WakeUpQueue,
    private readonly onFailed: (marketId: bigint, cause: unknown) => void,
    private readonly sparing: NotifyThrottle = { restMs: 0, isAwake: () => false },
  ) {}

  ring(marketId: bigint): void {
    this.wanted ??= marketId;
    if (!this.isRinging) void this.notifyWhileWanted();
  }

  private async notifyWhileWanted(): Promise<void> {
    this.isRinging = true;
    for (let marketId = this.take(); marketId !== undefined; marketId = this.take()) {
      const named = marketId;
      await this.bell.notify(named).catch((cause: unknown) => this.onFailed(named, cause));
      const { restMs } = this.sparing;
      if (restMs > 0) await new Promise((resolve) => setTimeout(resolve, restMs).unref());
    }
    this.isRinging = false;
  }

  /** @returns the market to ring for; none where a worker is awake. */
  private take(): bigint | undefined {
    const { wanted } = this;
    this.wanted = undefined;
    return this.sparing.isAwake() ? undefined : wanted;
  }
}
