import type { AcceptBids, AcceptOutcome, BidInbox, NewBid } from '#market';
import type { WakeUpQueue } from '#queue';
import { type SpanOptions, type TraceCarrier, traced, traceNow } from '#telemetry';
import { BoundedMap } from '#units';

/** Bids of one statement that its span names, and markets whose last trace is remembered. */
const LINKS_MAX = 32;
const MARKETS_MAX = 1_000;

/**
 * Carries traces past the places where many requests become one: bids of many requests share a statement, and one wake-up is sent for all of them.
 * The statement goes on from its first bid and names the others; the wake-up goes on from the statement.
 */
export class BidTraces {
  private readonly ofBids = new WeakMap<NewBid, TraceCarrier>();
  private readonly ofMarkets = new BoundedMap<bigint, TraceCarrier>(MARKETS_MAX);

  /** Remembers the request that a bid comes from. */
  accept(accept: Pick<AcceptBids, 'accept'>, newBid: NewBid): Promise<AcceptOutcome> {
    const carrier = traceNow();
    if (carrier) this.ofBids.set(newBid, carrier);
    return accept.accept(newBid);
  }

  /** The same inbox; each statement is a span. */
  inbox(inbox: BidInbox): BidInbox {
    return {
      insert: (bids) =>
        traced('store bids', this.spanOf(bids), () => {
          this.remember(bids);
          return inbox.insert(bids);
        }),
    };
  }

  /** The same queue; a wake-up carries the trace of the statement that it is sent for. */
  wakeUps(queue: WakeUpQueue): Pick<WakeUpQueue, 'notify'> {
    return {
      notify: (marketId) => {
        const carrier = this.ofMarkets.get(marketId);
        this.ofMarkets.delete(marketId);
        return queue.notify(marketId, carrier);
      },
    };
  }

  private spanOf(bids: readonly NewBid[]): SpanOptions {
    const known = bids.map((bid) => this.ofBids.get(bid)).filter((carrier) => carrier !== undefined);
    const [parent = {}, ...links] = known.slice(0, LINKS_MAX);
    return { attributes: { 'eris.bids': bids.length }, parent, links };
  }

  private remember(bids: readonly NewBid[]): void {
    const carrier = traceNow();
    if (!carrier) return;
    for (const { marketId } of bids) this.ofMarkets.set(marketId, carrier);
  }
}
