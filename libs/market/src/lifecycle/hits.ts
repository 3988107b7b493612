import type { BidBody, BidContext, KindBid, Kinds } from '#kinds';
import { applyFootprint, planFrom, type Footprint, menuPriceBy, ownCapacityOf, releaseFootprint } from '#mechanism';
import { owedOf, replan, type Settlement, type Standing } from '#ledger';
import { invariant, micros, type Micros } from '#units';
import type { BudgetCharge } from '../budgets/index.js';
import {
  arrivalOf,
  type CapacityWindow,
  covers,
  leftOf,
  type MarketState,
  openBook,
  type OpenBook,
  windowsIn,
  withdrawAgain,
} from '../book/index.js';

/** A plan in force from a slot on, as its kind reads it. */
export interface PlanInForce {
  readonly revision: number;
  readonly plan: unknown;
  readonly completion: number;
  /** What it takes of the market. */
  readonly footprint: Footprint;
}

/** An allocation with slots to come. */
export interface LiveAllocation {
  readonly bidId: bigint;
  /** Of its decision. */
  readonly sequence: bigint;
  readonly body: BidBody;
  readonly arrivalSlot: number;
  /** When it was to be done, as it was sold. */
  readonly promised: number;
  /** What was paid for it. */
  readonly payment: Micros;
  /** Plans that were in force before, in their order, and until which slot each was. */
  readonly earlier: readonly { readonly plan: unknown; readonly until: number }[];
  readonly current: PlanInForce;
  /** What is owed of it: held and retained. */
  readonly standing: Standing;
  /** What has come back of it. */
  readonly returned: Micros;
  /** What it has taken of budgets, less what was given back. */
  readonly charges: readonly BudgetCharge[];
}

/** Its slots that have not run. */
export const comingOf = ({ current }: Pick<LiveAllocation, 'current'>, now: number): Footprint =>
  current.footprint.filter(({ slot }) => slot >= now);

/**
 * Looks for those for whom there is no room any more, in the order of their decisions: whoever was decided before keeps what it has, and so of each
 * cell those lose it who were decided last. Neither value nor payment nor bidder matters. It goes on from where it looked last: whoever was decided before has
 * what it had, and a plan that was found for somebody who was hit takes only what was free.
 */
export class HitScan {
  private readonly left = new Map<number, readonly [number[]] | readonly []>();
  private readonly windows: readonly CapacityWindow[];
  private readonly own: readonly number[];
  private at = 0;

  /** @param live in the order of their decisions. */
  constructor(
    private readonly open: Pick<OpenBook, 'state' | 'book'>,
    private readonly live: readonly LiveAllocation[],
  ) {
    const { state, book } = open;
    this.windows = windowsIn(state.windows ?? [], state.head.slot, Infinity);
    this.own = ownCapacityOf(book);
  }

  /** The next one; undefined where nobody is left. It is the same until it was dealt with. */
  next(): LiveAllocation | undefined {
    if (this.windows.length === 0) return undefined;
    for (let allocation = this.live[this.at]; allocation; allocation = this.live[++this.at]) {
      if (this.take(allocation, 1)) continue;
      this.take(allocation, -1);
      return allocation;
    }
    return undefined;
  }

  /** The one that was hit was dealt with. @param after as it is now; undefined where nothing of it is to run. */
  dealt(after: LiveAllocation | undefined): void {
    if (after) this.take(after, 1);
    this.at += 1;
  }

  /** Takes what an allocation still takes, or gives it back. @returns whether there is room for all of it. */
  private take(allocation: LiveAllocation, times: 1 | -1): boolean {
    let isRoom = true;
    for (const { slot, cells, quantitiesMilli } of comingOf(allocation, this.open.state.head.slot)) {
      const [left] = this.leftIn(slot);
      if (!left) continue;
      cells.forEach((cell, index) => {
        const rest = (left[cell] ?? 0) - times * (quantitiesMilli[index] ?? 0);
        left[cell] = rest;
        if (rest < 0) isRoom = false;
      });
    }
    return isRoom;
  }

  private leftIn(slot: number): readonly [number[]] | readonly [] {
    const known = this.left.get(slot);
    if (known) return known;
    const { resources } = this.open.state;
    const isCovered = this.windows.some((window) => covers(window, slot));
    const cells = isCovered ? ([leftOf(this.own, this.windows, slot, { resources })] as const) : ([] as const);
    this.left.set(slot, cells);
    return cells;
  }
}

/** The first of those for whom there is no room any more. @param live in the order of their decisions. */
export const firstHit = (open: OpenBook, live: readonly LiveAllocation[]): LiveAllocation | undefined => new HitScan(open, live).next();

/** A bid as its body means it in a market with these sites: later ones are known to it as well. */
export function bidIn(kinds: Kinds, { bidId, body }: Pick<LiveAllocation, 'bidId' | 'body'>, context: BidContext): KindBid {
  const reading = kinds.parse(body, context);
  invariant(reading.kind === 'bid', `bid ${bidId} is still readable as it was when it was acknowledged`);
  return reading.bid;
}

/** What is left of a job; undefined where it has begun and is of a kind that cannot be resumed. */
export function restOf({ kind, job }: KindBid, { earlier, current }: LiveAllocation, now: number): unknown {
  const plans = [...earlier, { plan: current.plan, until: now }];
  if (kind.rest) return plans.reduce((left, { plan, until }) => kind.rest?.(left, plan, until), job);
  const hasBegun = earlier.length > 0 || current.footprint.some(({ slot }) => slot < now);
  return hasBegun ? undefined : job;
}

/**
 * Takes what an allocation still had from the book, and looks for another plan of what is left of its job: one that is done when the
 * bidder was told that it would be, so that nobody gains by being hit. The book is
 * changed: what it had is free, but for what is withdrawn.
 */
export function findPlan(open: OpenBook, hit: LiveAllocation, kinds: Kinds): PlanInForce | undefined {
  const { book, state } = open;
  const coming = comingOf(hit, state.head.slot);
  releaseFootprint(book, coming);
  withdrawAgain(open, slotsOf(coming));
  const bid = bidIn(kinds, hit, state);
  const { oracle } = bid.kind;
  const job = restOf(bid, hit, state.head.slot);
  const found = job === undefined ? undefined : planFrom({ book, job, arrival: arrivalOf(state.head), oracle }, toldBy(hit));
  return found && { revision: hit.current.revision + 1, ...found, footprint: oracle.footprintOf(book.spec, job, found.plan) };
}

const slotsOf = (footprint: Footprint): number[] => footprint.map(({ slot }) => slot);

/** What became of an allocation that was hit. */
export interface HitOutcome {
  readonly kind: 'repaired' | 'left' | 'failed';
  readonly returned: Micros;
  readonly settlement: Settlement;
  /** The allocation from now on; none where nothing of it will run any more. */
  readonly after: LiveAllocation | undefined;
  /** Slots of which other amounts are sold now. */
  readonly slots: readonly number[];
}

/** When the bidder was told last that it would be done: as it was sold, or later. */
const toldBy = ({ promised, current }: LiveAllocation): number => Math.max(promised, current.completion);

/** Whether the plan that was found is done later than the bidder was told last. */
export const isLate = (hit: LiveAllocation, { completion }: PlanInForce): boolean => completion > toldBy(hit);

/**
 * What becomes of an allocation that was hit, for which that was found. On time it costs what it did; late it costs no more than the bidder's own
 * menu asked for that, and the difference comes back; or its bidder leaves, where it said so. Where nothing was found, or it leaves, all comes back.
 * The book is changed: it has the plan.
 * @param oldPrice what the menu on which it was decided asked for being done by then; needed where it is late.
 */
export function dealWith(open: OpenBook, hit: LiveAllocation, found: PlanInForce | undefined, oldPrice: Micros | undefined): HitOutcome {
  const { slot } = open.state.head;
  const gone = slotsOf(comingOf(hit, slot));
  if (!found || (isLate(hit, found) && hit.body.onFailure === 'refund')) {
    const returned = owedOf(hit.standing);
    const settlement = replan(hit.standing, { slots: [], returned, slot });
    return { kind: found ? 'left' : 'failed', returned, settlement, after: undefined, slots: gone };
  }
  applyFootprint(open.book, found.footprint);
  const returned = differenceOf(hit, found.completion, oldPrice);
  const settlement = replan(hit.standing, { slots: slotsOf(found.footprint), returned, slot });
  const after = {
    ...hit,
    earlier: [...hit.earlier, { plan: hit.current.plan, until: slot }],
    current: found,
    standing: settlement.standing,
    returned: micros(hit.returned + returned),
  };
  return { kind: 'repaired', returned, settlement, after, slots: [...new Set([...gone, ...slotsOf(found.footprint)])] };
}

/** What comes back of what was paid: what is above the least of the payment and the old price, and not back yet; never more than is owed. */
function differenceOf(hit: LiveAllocation, completion: number, oldPrice: Micros | undefined): Micros {
  if (completion <= hit.promised) return micros(0n);
  invariant(oldPrice !== undefined, 'what is late has an old price');
  const due = hit.payment - hit.returned - (oldPrice < hit.payment ? oldPrice : hit.payment);
  const owed = owedOf(hit.standing);
  return micros(due <= 0n ? 0n : due < owed ? due : owed);
}

/** What a bid's menu asked for being done by a slot, on the book on which it was decided. */
export function oldPriceOf(
  asOf: MarketState,
  hit: LiveAllocation,
  { completion, kinds }: { readonly completion: number; readonly kinds: Kinds },
): Micros {
  const { book } = openBook(asOf);
  const bid = bidIn(kinds, hit, asOf);
  const price = menuPriceBy({ book, job: bid.job, arrival: hit.arrivalSlot, oracle: bid.kind.oracle }, completion);
  invariant(price !== undefined, 'a bid that was accepted had something on its menu');
  return price;
}
