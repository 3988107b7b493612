import { cancelSale, owedOf } from '#ledger';
import { capacityOf, type Footprint, paymentLines, releaseFootprint, totalOf, usageOf } from '#mechanism';
import { invariant, micros, type Micros } from '#units';
import { type OpenBook, withdrawAgain } from '../book/index.js';
import { givenBack } from '../budgets/index.js';
import { comingOf, type LiveAllocation } from './hits.js';
import type { HitRecord, RepairCommit } from './repair-ports.js';

/** What is kept of a slot, thousandths, by how many slots it is ahead: all of one that has begun. */
const KEPT_OF_BEGUN = 1000;
const KEPT_SOON = 100;
const KEPT_LATER = 20;
/** So many slots ahead is later. */
const LATER_SLOTS = 4;

/** What is kept of the price of a slot that is so many slots ahead, thousandths. */
export function keptThousandths(slotsAhead: number): number {
  if (slotsAhead <= 0) return KEPT_OF_BEGUN;
  return slotsAhead < LATER_SLOTS ? KEPT_SOON : KEPT_LATER;
}

/** What one slot brings back. */
export interface CancelledSlot {
  readonly slot: number;
  /** What it was sold for. */
  readonly paid: Micros;
  /** What it would be sold for now, without what the allocation takes. */
  readonly price: Micros;
  readonly keptThousandths: number;
  readonly returned: Micros;
}

/** What cancelling an allocation now comes to. */
export interface Cancellation {
  /** In which slot of the market. */
  readonly slot: number;
  /** Whether it costs nothing, since a repair made it late. */
  readonly isFree: boolean;
  readonly returned: Micros;
  /** What is earned with it. */
  readonly kept: Micros;
  /** Slots that have not run. */
  readonly slots: readonly CancelledSlot[];
}

/** Whether a repair made an allocation later than it was sold. */
const isMadeLate = ({ current, promised }: LiveAllocation): boolean => current.completion > promised;

/** Whether a slot of the plan in force has run. */
const hasRun = ({ current }: LiveAllocation, now: number): boolean => current.footprint.some(({ slot }) => slot < now);

/**
 * What cancelling comes to (L10 of docs/lifecycle.md): each slot that has not begun brings back the lower of what was paid and of what it would be sold for
 * now, less a share that is higher the nearer it is; so nobody earns by giving back, and the same slots are never cheaper by it. Free where a repair made the allocation late: slots that have not begun bring
 * back what was paid; before a slot of the late plan has run everything comes back, so that being late never has to cost a bidder anything.
 * The book is changed: what the allocation had is free, but for what is withdrawn.
 */
export function cancellationOf(open: OpenBook, allocation: LiveAllocation): Cancellation {
  const now = open.state.head.slot;
  const coming = comingOf(allocation, now);
  releaseFootprint(open.book, coming);
  withdrawAgain(
    open,
    coming.map(({ slot }) => slot),
  );
  const isFree = isMadeLate(allocation);
  const owed = owedOf(allocation.standing);
  const slots = coming.map((footprint) => slotBack(open, allocation, { footprint, isFree }));
  const isWhole = isFree && !hasRun(allocation, now);
  const returned = isWhole ? owed : micros(slots.reduce((sum, slot) => sum + slot.returned, 0n));
  return { slot: now, isFree, returned, kept: micros(owed - returned), slots };
}

function slotBack(
  { book, state }: OpenBook,
  { standing }: LiveAllocation,
  { footprint, isFree }: { readonly footprint: Footprint[number]; readonly isFree: boolean },
): CancelledSlot {
  const { slot } = footprint;
  const paid = standing.planned.get(slot) ?? micros(0n);
  const price = totalOf(paymentLines(book, [footprint]));
  const hasBegun = slot <= state.head.slot;
  const kept = isFree && !hasBegun ? 0 : keptThousandths(slot - state.head.slot);
  const base = isFree || paid < price ? paid : price;
  return { slot, paid, price, keptThousandths: kept, returned: micros((base * BigInt(1000 - kept)) / 1000n) };
}

/** What the entry writes that cancels an allocation. */
export function cancellationRecord(
  { bidId, standing, charges }: LiveAllocation,
  { slot, returned, kept }: Cancellation,
  sequence: bigint,
): HitRecord {
  const { movements } = cancelSale(standing, { returned, slot });
  invariant(kept >= 0n, 'no more comes back than was paid');
  return {
    sequence,
    organisationId: standing.bidderId,
    bidId,
    event: { kind: 'allocation_cancelled', payload: { bidId, slot, returnedMicros: returned, keptMicros: kept } },
    ending: { ending: 'cancelled', slot },
    movements,
    charges: givenBack(charges, returned),
  };
}

/** What cancelling writes, as the next entry of the market's log. The book is as the cancellation has left it. */
export function cancellationCommit({ book, state }: OpenBook, allocation: LiveAllocation, cancellation: Cancellation): RepairCommit {
  const { marketId, sequence: before } = state.head;
  const usage = cancellation.slots.map(({ slot }) => ({ slot, usedMilli: usageOf(book, slot), capacityMilli: capacityOf(book, slot) }));
  return { marketId, before, records: [cancellationRecord(allocation, cancellation, before + 1n)], usage };
}
