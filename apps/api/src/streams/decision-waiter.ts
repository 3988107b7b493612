import type { BidReader } from '#market';
import type { MarketChangeNotifier, Subscription } from './market-change-notifier.js';

/** How often is looked where no notification comes, ms. */
const LOOK_EVERY_MS = 200;

type Waiting = Map<bigint, Set<(decided: boolean) => void>>;

interface Market {
  readonly waiting: Waiting;
  readonly watch: Subscription;
}

/** Waits for decisions: one query per market and beat, however many wait. */
export class DecisionWaiter {
  private readonly markets = new Map<bigint, Market>();

  constructor(
    private readonly reader: Pick<BidReader, 'decidedAmong'>,
    private readonly pulse: MarketChangeNotifier,
    private readonly stopping: AbortSignal,
    private readonly onTrouble: (cause: unknown) => void,
  ) {
    stopping.addEventListener('abort', () => this.endAll(), { once: true });
  }

  /**
   * @param until is given what ends the wait early, with false.
   * @returns whether the bid was decided within `ms`; false also where that could not be found out in time.
   */
  wait(
    { marketId, bidId, ms }: { marketId: bigint; bidId: bigint; ms: number },
    until: (end: () => void) => void = () => undefined,
  ): Promise<boolean> {
    if (this.stopping.aborted) return Promise.resolve(false);
    return new Promise((resolve) => {
      const market = this.markets.get(marketId) ?? this.open(marketId);
      const waiters = market.waiting.get(bidId) ?? new Set();
      market.waiting.set(bidId, waiters);
      const end = (decided: boolean): void => {
        clearTimeout(timer);
        waiters.delete(end);
        if (waiters.size === 0) market.waiting.delete(bidId);
        resolve(decided);
      };
      const timer = setTimeout(() => end(false), ms);
      waiters.add(end);
      market.watch.nudge();
      until(() => end(false));
    });
  }

  private open(marketId: bigint): Market {
    const market: Market = { waiting: new Map(), watch: this.pulse.watch(marketId) };
    this.markets.set(marketId, market);
    void this.follow(marketId, market);
    return market;
  }

  private async follow(marketId: bigint, market: Market): Promise<void> {
    await Promise.resolve(); // the first waiter is put in
    while (market.waiting.size > 0) await this.look(market);
    market.watch.close();
    this.markets.delete(marketId);
  }

  /** Looks for decisions once, and then waits for a reason to look again. */
  private async look({ waiting, watch }: Market): Promise<void> {
    try {
      for (const bidId of await this.reader.decidedAmong([...waiting.keys()])) {
        for (const end of [...(waiting.get(bidId) ?? [])]) end(true);
      }
    } catch (cause) {
      this.onTrouble(cause);
      endAll(waiting); // the bids are stored; their callers get 202 and ask again
    }
    if (waiting.size > 0) await watch.next(LOOK_EVERY_MS);
  }

  private endAll(): void {
    for (const { waiting, watch } of this.markets.values()) {
      endAll(waiting);
      watch.nudge();
    }
  }
}

function endAll(waiting: Waiting): void {
  for (const waiters of [...waiting.values()]) for (const end of [...waiters]) end(false);
}
