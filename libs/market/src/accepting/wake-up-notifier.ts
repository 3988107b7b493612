/** Wakes a worker for a market; a notification may fail and may be lost. */
export interface WakeUpQueue {
  notify(marketId: bigint): Promise<void>;
}

/** When nothing is sent: each notification costs the queue several statements. */
export interface NotifyThrottle {
  /** How long after a notification none follows, ms. */
  readonly restMs: number;
  /** Whether a worker is known to be awake: it looks for new bids of all markets by itself. */
  readonly isAwake: () => boolean;
}

/**
 * Notifies without anyone waiting, where no worker is known to be awake: the first time at once, then one at a time and, where it was asked for
 * meanwhile, once more after a rest. Whoever is woken looks after all markets, so one of them is named. What failed is reported and forgotten: the
 * worker's sweep finds the backlog.
 */
export class WakeUpNotifier {
  private wanted: bigint | undefined;
  private isNotifying = false;

  constructor(
    private readonly queue: WakeUpQueue,
    private readonly onFailed: (marketId: bigint, cause: unknown) => void,
    private readonly throttle: NotifyThrottle = { restMs: 0, isAwake: () => false },
  ) {}

  notify(marketId: bigint): void {
    this.wanted ??= marketId;
    if (!this.isNotifying) void this.notifyWhileWanted();
  }

  private async notifyWhileWanted(): Promise<void> {
    this.isNotifying = true;
    for (let marketId = this.take(); marketId !== undefined; marketId = this.take()) {
      const named = marketId;
      await this.queue.notify(named).catch((cause: unknown) => this.onFailed(named, cause));
      const { restMs } = this.throttle;
      if (restMs > 0) await new Promise((resolve) => setTimeout(resolve, restMs).unref());
    }
    this.isNotifying = false;
  }

  /** @returns the market to name; none where a worker is awake. */
  private take(): bigint | undefined {
    const { wanted } = this;
    this.wanted = undefined;
    return this.throttle.isAwake() ? undefined : wanted;
  }
}
