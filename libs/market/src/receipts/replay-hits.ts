import { deliver, isComplete, type DeliveryRule, type Movement, type Sale, standingOf } from '#ledger';
import type { Kinds } from '#kinds';
import type { LogEvent } from '#log';
import { capacityOf, type Footprint, type Refusal, usageOf } from '#mechanism';
import { micros } from '#units';
import { arrivalOf, type OpenBook } from '../book/index.js';
import { chargesOf } from '../budgets/index.js';
import type { DecidedBid } from '../deciding/index.js';
import {
  bidIn,
  dealWith,
  findPlan,
  firstHit,
  isLate,
  type LiveAllocation,
  oldPriceOf,
  type PlanInForce,
  restOf,
} from '../lifecycle/hits.js';
import { marketAt, type MarketTermsThen, type SoldPlan } from '../lifecycle/as-of.js';
import { cancellationOf, cancellationRecord } from '../lifecycle/cancel.js';
import { beginChange, type ChangingBid } from '../lifecycle/change.js';
import { lessOf, recordOf } from '../lifecycle/repair-markets.js';
import type { HitRecord, OpenWindowRow } from '../lifecycle/repair-ports.js';
import type { BidBody } from '#kinds';

/** An accepted bid as it was decided again. */
export interface Bought {
  readonly decided: DecidedBid;
  readonly body: BidBody;
  readonly sale: Sale;
}

/** What an entry about a hit must have written. */
export interface ExpectedHit {
  readonly record: HitRecord;
  /** The rules of its kind that the new plan breaks. */
  readonly violations: readonly string[];
  /** Slots of which other amounts are sold now. */
  readonly slots: readonly number[];
}

/** What came of the allocation that a bid takes the place of: the bid is refused for it, decided on the book as it is now, or was written wrongly. */
export type BegunAgain =
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'begun' }
  | { readonly kind: 'fault'; readonly detail: string };

/** What was sold and still runs, in a market that is made again from its log. */
export class LiveSales {
  /** In the order of their decisions. */
  private readonly live = new Map<bigint, LiveAllocation>();
  /** What the market was as each of them was decided. */
  private readonly then = new Map<bigint, MarketTermsThen>();
  private plans: (SoldPlan & { readonly bidId: bigint })[] = [];
  /** The last entry that cancelled an allocation. */
  private lastCancelled: HitRecord | undefined;

  constructor(
    private readonly operatorId: bigint,
    private readonly kinds: Kinds,
  ) {}

  /** @param then what the market was as the bid was decided. */
  bought({ decided, body, sale }: Bought, then: MarketTermsThen): void {
    const { bidId, sequence, arrivalSlot, decision, caps = [] } = decided;
    if (decision.kind !== 'accepted') return;
    const { completion, payment, footprint } = decision;
    const plan = this.kinds.of(body).plan.read(decision.plan);
    const standing = standingOf(sale, this.operatorId);
    const current = { revision: 0, plan, completion, footprint };
    const charges = chargesOf(caps, decision.lines);
    const told = { bidId, sequence, body, arrivalSlot, promised: completion, payment, returned: micros(0n), charges };
    this.live.set(bidId, { ...told, earlier: [], current, standing });
    this.then.set(bidId, then);
    this.plans.push({ bidId, since: sequence, until: undefined, footprint });
  }

  /** What the clock moves as it comes to a slot. */
  deliver(toSlot: number, rule: DeliveryRule): Movement[] {
    const movements = [...this.live.values()].flatMap((allocation) => {
      const { standing, movements: moved } = deliver(allocation.standing, toSlot, rule);
      if (isComplete(standing)) this.forget(allocation.bidId);
      else this.live.set(allocation.bidId, { ...allocation, standing });
      return moved;
    });
    const first = Math.min(toSlot, ...[...this.live.values()].map(({ arrivalSlot }) => arrivalSlot - 1));
    this.plans = this.plans.filter(({ footprint }) => lastOf(footprint) >= first);
    return movements;
  }

  /** Deals with the next hit as its entry must have. The book is changed. @returns undefined where nobody is left to be dealt with. */
  hit(open: OpenBook, window: OpenWindowRow, sequence: bigint): ExpectedHit | undefined {
    const hit = firstHit(open, [...this.live.values()]);
    if (!hit) return undefined;
    const found = findPlan(open, hit, this.kinds);
    const violations = found ? this.violationsOf(open, hit, found) : [];
    const isPriced = found !== undefined && found.completion > hit.promised && !(isLate(hit, found) && hit.body.onFailure === 'refund');
    const outcome = dealWith(open, hit, found, isPriced ? this.oldPrice(open, hit, found) : undefined);
    this.plans = this.plans.map((plan) => (plan.bidId === hit.bidId && plan.until === undefined ? { ...plan, until: sequence } : plan));
    const { after } = outcome;
    if (after) {
      this.live.set(hit.bidId, lessOf(after, outcome));
      this.plans.push({ bidId: hit.bidId, since: sequence, until: undefined, footprint: after.current.footprint });
    } else this.forget(hit.bidId);
    return { record: recordOf({ open, hit, outcome, window, kinds: this.kinds }, sequence), violations, slots: outcome.slots };
  }

  /** Cancels an allocation as its entry must have. The book is changed. @returns undefined where the bid has nothing that is to run. */
  cancel(open: OpenBook, bidId: bigint, sequence: bigint): ExpectedHit | undefined {
    const allocation = this.live.get(bidId);
    if (!allocation) return undefined;
    const cancellation = cancellationOf(open, allocation);
    this.plans = this.plans.map((plan) => (plan.bidId === bidId && plan.until === undefined ? { ...plan, until: sequence } : plan));
    this.forget(bidId);
    const slots = cancellation.slots.map(({ slot }) => slot);
    this.lastCancelled = cancellationRecord(allocation, cancellation, sequence);
    return { record: this.lastCancelled, violations: [], slots };
  }

  /**
   * Begins a change again. Where the bid was accepted the entry before it must have cancelled the allocation, by the quote that the bid names; where it was not, the
   * allocation is cancelled on the book, which is of no use then but for the decision.
   */
  beginChange(open: OpenBook, bid: ChangingBid, { sequence, isAccepted }: { sequence: bigint; isAccepted: boolean }): BegunAgain {
    const { replaces } = bid.body;
    if (!isAccepted) {
      const begun = beginChange(open, bid, this.live.get(BigInt(replaces.bidId)));
      return begun.kind === 'refused' ? begun : { kind: 'begun' };
    }
    const before = this.lastCancelled;
    const { payload } = before?.event.kind === 'allocation_cancelled' ? before.event : {};
    const isItsOwn =
      before?.sequence === sequence - 1n &&
      before.organisationId === bid.organisationId &&
      payload?.bidId.toString() === replaces.bidId &&
      payload.slot === replaces.slot &&
      payload.returnedMicros.toString() === replaces.returnedMicros;
    if (isItsOwn) return { kind: 'begun' };
    return { kind: 'fault', detail: `replaces is ${replaces.bidId}, which the entry before does not cancel as the bid says` };
  }

  private oldPrice({ state }: OpenBook, hit: LiveAllocation, { completion }: PlanInForce) {
    const then = this.then.get(hit.bidId) ?? state;
    const { marketId, clock } = state.head;
    return oldPriceOf(marketAt(then, this.plans, { marketId, clock, ...hit }), hit, { completion, kinds: this.kinds });
  }

  private violationsOf({ state, book }: OpenBook, hit: LiveAllocation, { plan, completion }: PlanInForce): string[] {
    const { head, horizonSlots } = state;
    const bid = bidIn(this.kinds, hit, state);
    const isSold = (slot: number): boolean => slot >= head.slot && slot < head.slot + horizonSlots;
    const violations = bid.kind.validate({
      spec: book.spec,
      usage: (slot) => (isSold(slot) ? usageOf(book, slot) : []),
      capacity: (slot) => (isSold(slot) ? capacityOf(book, slot) : []),
      job: restOf(bid, hit, head.slot),
      arrival: arrivalOf(head),
      plan,
      completion,
      horizonEnd: head.slot + horizonSlots,
    });
    return violations.map(({ rule, detail }) => `breaks ${rule}: ${detail}`);
  }

  private forget(bidId: bigint): void {
    this.live.delete(bidId);
    this.then.delete(bidId);
  }
}

const lastOf = (footprint: Footprint): number => footprint.at(-1)?.slot ?? 0;

/** Entries about those whom a window has hit. */
export const isHitEvent = (event: LogEvent): event is HitRecord['event'] =>
  event.kind === 'allocation_repaired' ||
  event.kind === 'allocation_failed' ||
  event.kind === 'allocation_left' ||
  event.kind === 'window_settled';
