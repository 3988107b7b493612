import { at, invariant } from '#units';
import type { Clock } from '../clock/index.js';
import { AdaptiveDelay, type AdaptiveDelayLimits } from '../pace/index.js';
import { answerGroup, type Group } from './group.js';
import type { BidInbox, InboxAnswer, NewBid } from './inbox.js';
import type { WakeUpNotifier } from './wake-up-notifier.js';
import { WaitingBids } from './waiting-bids.js';

/** The most bids that one statement carries, and about how much text. */
export const STATEMENT_BIDS_MAX = 512;
/** Characters of bodies that one statement stores at most. */
export const STATEMENT_CHARACTERS_MAX = 8 * 1024 * 1024;
/**
 * How far apart statements begin: each costs the same whatever it carries, so the more bids come the more of them share one. Where few come
 * they follow each other as fast as they are stored.
 */
const PACE: AdaptiveDelayLimits = { windowMs: 100, msPerRate: 15, pauseMsMin: 0, pauseMsMax: 20, busyMs: 0 };
/** What a caller is told to wait when the queue is full: longer than a full queue takes. */
const RETRY_AFTER_MS = 1000;

/** How bids gather, and how many may wait. */
export interface AcceptLimits {
  /** How long the first bid of a statement waits for company, ms. */
  readonly waitMs: number;
  /** The most bids that may wait; beyond it bids are turned away. */
  readonly queueMax: number;
  /** Of those, the most of one organisation, and of a tenant's organisations together; all where nothing is said. */
  readonly organisationMax?: number;
  readonly tenantMax?: number;
}

/** What a bid is told when it is taken in, or turned away. */
export type AcceptOutcome =
  InboxAnswer | { readonly kind: 'overloaded' | 'share_exceeded' | 'too_many_undecided'; readonly retryAfterMs: number };

/**
 * Takes bids in. Bids that arrive together, or while a statement runs, share one statement and its commit; each is answered after
 * that commit. Tenants take turns, so that nobody waits for another one's thousands. With a clock, more bids gather the faster they come, up to what a statement carries. Markets with new bids are rung for
 * afterwards, and nobody waits for the wake-up.
 */
export class AcceptBids {
  private readonly queue = new WaitingBids();
  private draining: Promise<void> | undefined;
  private readonly pace: AdaptiveDelay | undefined;
  private beganMs = -Infinity;
  /** Ends the gathering under way. */
  private endGathering: (() => void) | undefined;

  constructor(
    private readonly inbox: BidInbox,
    private readonly notifier: WakeUpNotifier,
    private readonly limits: AcceptLimits,
    private readonly clock?: Clock,
  ) {
    invariant(limits.queueMax >= 1, 'the queue holds at least one bid');
    this.pace = clock && new AdaptiveDelay(clock, PACE);
  }

  /** How many bids wait for their statement. */
  get waiting(): number {
    return this.queue.size;
  }

  /**
   * Stores a bid once per organisation and key.
   * @returns after commit. Rejects with the store's error where it is not known whether the bid was stored: the same key asks again.
   */
  accept(newBid: NewBid): Promise<AcceptOutcome> {
    const kind = this.refusalOf(newBid);
    if (kind) return Promise.resolve({ kind, retryAfterMs: RETRY_AFTER_MS });
    return new Promise<AcceptOutcome>((resolve, reject) => {
      this.queue.add({ newBid, resolve, reject });
      this.pace?.count(1);
      this.draining ??= this.drain();
      if (this.queue.size >= STATEMENT_BIDS_MAX) this.endGathering?.();
    });
  }

  /** Stores many bids by the same way; an outcome for each, in order. */
  acceptMany(newBids: readonly NewBid[]): Promise<AcceptOutcome[]> {
    return Promise.all(newBids.map((newBid) => this.accept(newBid)));
  }

  /** Resolves once every bid that was taken in has its answer. */
  async idle(): Promise<void> {
    await this.draining;
  }

  private refusalOf(newBid: NewBid): 'overloaded' | 'share_exceeded' | undefined {
    const { queueMax, organisationMax = queueMax, tenantMax = queueMax } = this.limits;
    if (this.queue.size >= queueMax) return 'overloaded';
    const { ofOrganisation, ofTenant } = this.queue.countsOf(newBid);
    return ofOrganisation >= organisationMax || ofTenant >= tenantMax ? 'share_exceeded' : undefined;
  }

  private async drain(): Promise<void> {
    await this.gather(Math.max(this.limits.waitMs, this.restMs));
    while (this.queue.size > 0) {
      if (this.restMs > 0) await this.gather(this.restMs);
      this.beganMs = this.clock?.nowMs() ?? this.beganMs;
      await this.store(this.queue.takeGroups({ bidsMax: STATEMENT_BIDS_MAX, charactersMax: STATEMENT_CHARACTERS_MAX }));
    }
    this.draining = undefined;
  }

  /** How long the next statement is not to begin, ms; no longer than the pace says where the clock was set back. */
  private get restMs(): number {
    if (!this.clock || !this.pace) return 0;
    const { pauseMs } = this.pace;
    return Math.min(pauseMs, this.beganMs + pauseMs - this.clock.nowMs());
  }

  /** Waits until the time is over, or a whole statement's worth of bids has come. */
  private async gather(ms: number): Promise<void> {
    if (this.queue.size >= STATEMENT_BIDS_MAX) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.endGathering = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.endGathering = undefined;
  }

  private async store(groups: readonly Group[]): Promise<void> {
    try {
      const answers = await this.inbox.insert(groups.map((group) => at(group, 0).newBid));
      invariant(answers.length === groups.length, 'every bid has an answer');
      groups.forEach((group, index) => answerGroup(group, at(answers, index)));
      this.ringFor(groups, answers);
    } catch (cause) {
      for (const waiting of groups.flat()) waiting.reject(cause);
    }
  }

  private ringFor(groups: readonly Group[], answers: readonly InboxAnswer[]): void {
    const marketIds = new Set<bigint>();
    answers.forEach((answer, index) => {
      if (answer.kind === 'queued' && !answer.replayed) marketIds.add(at(at(groups, index), 0).newBid.marketId);
    });
    for (const marketId of marketIds) this.notifier.notify(marketId);
  }
}
