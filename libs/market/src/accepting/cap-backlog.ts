import { BoundedMap, invariant } from '#units';
import type { Clock } from '../clock/index.js';
import type { AcceptBids, AcceptOutcome } from './accept-bids.js';
import type { InboxAnswer, NewBid } from './inbox.js';

/** A count that found no room is not repeated sooner, ms. */
const COUNT_EVERY_MS = 50;
/** What a bidder is told to wait: bids are decided by the thousand in that time. */
const RETRY_AFTER_MS = 1_000;
/** Bidders in markets that are remembered; beyond it the one that came first is forgotten, and counted anew when it has stored `max` more. */
const STANDINGS_MAX = 10_000;

/** What is asked of the backlog before a bid is taken in. */
export interface UndecidedBids {
  /** How many bids of the bidder are undecided in the market, counted no further than `max`. */
  count(place: Pick<NewBid, 'marketId' | 'organisationId' | 'tenantId'>, max: number): Promise<number>;
  /** What a bid was answered whose key is used already; undefined where it isn't. */
  answerOf(newBid: NewBid): Promise<InboxAnswer | undefined>;
}

/** What this process knows of a bidder's undecided bids in a market. */
interface Standing {
  /** As they were counted last. */
  counted: number;
  countedAtMs: number;
  /** Stored by this process since that count began. */
  stored: number;
  /** On their way to be stored. */
  pending: number;
  counting?: Promise<void>;
}

/**
 * Takes bids in while their bidder has fewer than `max` undecided ones in the market. A bid costs no question: undecided bids are counted only when
 * this process has stored `max` bids since the last count, and then at most every 50 ms; keys are looked up only for bids that would be turned away. So a bidder has at most `max` undecided bids for each process
 * that takes bids in.
 */
export class CapBacklog {
  private readonly standings = new BoundedMap<string, Standing>(STANDINGS_MAX);

  constructor(
    private readonly next: Pick<AcceptBids, 'accept'>,
    private readonly undecided: UndecidedBids,
    private readonly max: number,
    private readonly clock: Clock,
  ) {
    invariant(max >= 1, 'a bidder may have an undecided bid');
  }

  /**
   * @returns `too_many_undecided` where the bidder has to wait: nothing is stored then. A bid that was taken in before gets its answer again, however
   * many are undecided. Rejects as what follows does, and with the error of a question that failed.
   */
  accept(newBid: NewBid): Promise<AcceptOutcome> {
    const standing = this.standingOf(newBid);
    return this.hasRoom(standing) ? this.take(newBid, standing) : this.acceptCounted(newBid, standing);
  }

  private async acceptCounted(newBid: NewBid, standing: Standing): Promise<AcceptOutcome> {
    await this.refresh(newBid, standing);
    if (this.hasRoom(standing)) return this.take(newBid, standing);
    return (await this.undecided.answerOf(newBid)) ?? { kind: 'too_many_undecided', retryAfterMs: RETRY_AFTER_MS };
  }

  private hasRoom({ counted, stored, pending }: Standing): boolean {
    return counted + stored + pending < this.max;
  }

  private async take(newBid: NewBid, standing: Standing): Promise<AcceptOutcome> {
    standing.pending++;
    let mayBeStored = true;
    try {
      const outcome = await this.next.accept(newBid);
      mayBeStored = outcome.kind === 'queued' && !outcome.replayed;
      return outcome;
    } finally {
      standing.pending--;
      if (mayBeStored) standing.stored++;
    }
  }

  /** All who wait for a count share it. */
  private refresh(newBid: NewBid, standing: Standing): Promise<void> {
    const ageMs = this.clock.nowMs() - standing.countedAtMs;
    if (ageMs >= 0 && ageMs < COUNT_EVERY_MS) return Promise.resolve();
    return (standing.counting ??= this.count(newBid, standing).finally(() => delete standing.counting));
  }

  /** What was stored before the count began is in it. */
  private async count(newBid: NewBid, standing: Standing): Promise<void> {
    const before = standing.stored;
    standing.counted = await this.undecided.count(newBid, this.max);
    standing.stored -= before;
    standing.countedAtMs = this.clock.nowMs();
  }

  private standingOf({ marketId, organisationId }: NewBid): Standing {
    const key = `${marketId} ${organisationId}`;
    const known = this.standings.get(key);
    if (known) return known;
    const standing: Standing = { counted: 0, countedAtMs: -Infinity, stored: 0, pending: 0 };
    this.standings.set(key, standing);
    return standing;
  }
}
