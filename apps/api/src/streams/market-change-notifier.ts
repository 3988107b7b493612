interface Pulse {
  count: number;
  readonly sleepers: Set<() => void>;
}

/** Wakes those who wait for a market's log to grow. Markets are forgotten once nobody waits for them. */
export class MarketChangeNotifier {
  private readonly pulses = new Map<bigint, Pulse>();

  /** Says that the log of a market has grown. */
  publish(marketId: bigint): void {
    const pulse = this.pulses.get(marketId);
    if (!pulse) return;
    pulse.count += 1;
    for (const wake of [...pulse.sleepers]) wake();
  }

  /** Watches a market until closed: a beat between two looks is never missed. */
  watch(marketId: bigint): Subscription {
    const pulse = this.pulses.get(marketId) ?? { count: 0, sleepers: new Set() };
    this.pulses.set(marketId, pulse);
    let seen = pulse.count;
    let closed = false,
      isNudged = false;
    let wake: (() => void) | undefined;
    const onClosed = (): void => undefined;
    pulse.sleepers.add(onClosed); // keeps the market while it is watched
    return {
      next: async (ms) => {
        if (pulse.count === seen && !isNudged && !closed) await new Promise<void>((resolve) => (wake = sleepOn(pulse, ms, resolve)));
        wake = undefined;
        isNudged = false;
        seen = pulse.count;
      },
      nudge: () => {
        isNudged = true;
        wake?.();
      },
      close: () => {
        closed = true;
        wake?.();
        pulse.sleepers.delete(onClosed);
        if (pulse.sleepers.size === 0 && this.pulses.get(marketId) === pulse) this.pulses.delete(marketId);
      },
    };
  }
}

/** Waits for changes of one market. */
export interface Subscription {
  /** Resolves at the next beat, after `ms` at the latest; at once where there was a beat or a nudge since the last look. */
  next(ms: number): Promise<void>;
  /** Wakes who waits for this watch alone; the next wait where nobody does. */
  nudge(): void;
  close(): void;
}

/** @returns what ends the sleep. */
function sleepOn(pulse: Pulse, ms: number, resolve: () => void): () => void {
  const wake = (): void => {
    clearTimeout(timer);
    pulse.sleepers.delete(wake);
    resolve();
  };
  const timer = setTimeout(wake, ms);
  pulse.sleepers.add(wake);
  return wake;
}
