import type { BidReader } from '#market';
import type { MarketPulse, PulseWatch } from './market-pulse.js';

/** How often is looked where no notification comes, ms. */
const LOOK_EVERY_MS = 200;

type Waiting = Map<bigint, Set<(decided: boolean) => void>>;

interface Market {
  readonly waiting: Waiting;
  /** Aborted when somebody new waits. */
  wake: AbortController;
}

/** Waits for decisions: one query per market and beat, however many wait. */
export class DecisionWaiter {
  private readonly markets = new Map<bigint, Market>();

  constructor(
    private readonly reader: Pick<BidReader, 'decidedAmong'>,
    private readonly pulse: MarketPulse,
    private readonly stopping: AbortSignal,
    private readonly onTrouble: (cause: unknown) => void,
  ) {}

  /** @returns whether the bid was decided within `ms`; false also where that could not be found out in time. */
  wait({ marketId, bidId, ms }: { marketId: bigint; bidId: bigint; ms: number }): Promise<boolean> {
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
      market.wake.abort();
    });
  }

  private open(marketId: bigint): Market {
    const market: Market = { waiting: new Map(), wake: new AbortController() };
    this.markets.set(marketId, market);
    void this.watch(marketId, market);
    return market;
  }

  private async watch(marketId: bigint, market: Market): Promise<void> {
    const watch = this.pulse.watch(marketId);
    try {
      await this.lookUntilDone(market, watch);
    } catch (cause) {
      this.onTrouble(cause);
      endAll(market.waiting); // the bids are stored; their callers get 202 and ask again
    }
    watch.close();
    if (market.waiting.size > 0)
      void this.watch(marketId, market); // somebody came as the last one left
    else this.markets.delete(marketId);
  }

  private async lookUntilDone(market: Market, watch: PulseWatch): Promise<void> {
    await Promise.resolve(); // the first waiter is put in
    while (market.waiting.size > 0 && !this.stopping.aborted) {
      market.wake = new AbortController();
      for (const bidId of await this.reader.decidedAmong([...market.waiting.keys()])) {
        for (const end of [...(market.waiting.get(bidId) ?? [])]) end(true);
      }
      if (market.waiting.size > 0) await watch.next(LOOK_EVERY_MS, AbortSignal.any([market.wake.signal, this.stopping]));
    }
    endAll(market.waiting);
  }
}

function endAll(waiting: Waiting): void {
  for (const waiters of [...waiting.values()]) for (const end of [...waiters]) end(false);
}
