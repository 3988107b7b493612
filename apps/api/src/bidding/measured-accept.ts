import type { AcceptBids, AcceptOutcome, Clock, NewBid } from '#market';
import type { Metrics } from '../service/metrics.js';
import type { BidTraces } from '../tracing/bid-traces.js';

/** Takes bids in, and notes how long that took and how it ended. */
export class MeasuredAccept {
  constructor(
    private readonly acceptBids: Pick<AcceptBids, 'accept'>,
    private readonly traces: BidTraces,
    private readonly metrics: Metrics,
    private readonly clock: Clock,
  ) {}

  async accept(newBid: NewBid): Promise<AcceptOutcome> {
    const beganMs = this.clock.nowMs();
    const outcome = await this.traces.accept(this.acceptBids, newBid);
    this.metrics.accepted(outcome.kind, (this.clock.nowMs() - beganMs) / 1_000);
    return outcome;
  }
}
