import type { BidBody } from '#kinds';
import type { Refusal } from '#mechanism';
import { formatMicros } from '#units';
import type { OpenBook } from '../book/index.js';
import { type Cancellation, cancellationOf } from './cancel.js';
import type { LiveAllocation } from './hits.js';

/** A bid that takes the place of an allocation of its bidder. */
export interface ChangingBid {
  readonly organisationId: bigint;
  readonly body: BidBody & { readonly replaces: NonNullable<BidBody['replaces']> };
}

/** Whether a bid takes the place of an allocation. */
export const isChange = <Bid extends { readonly body: BidBody }>(bid: Bid): bid is Bid & Pick<ChangingBid, 'body'> =>
  bid.body.replaces !== undefined;

/** What comes of the allocation that a bid is to take the place of: it is cancelled on the book, or the bid is refused. */
export type ChangeBegun =
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'cancelled'; readonly allocation: LiveAllocation; readonly cancellation: Cancellation };

/**
 * Begins a change (L11): the allocation is cancelled by the terms of the quote that the bid names, so that the bid is decided without it. The book is changed, whatever
 * comes of it: of a bid that is refused in the end it is of no use any more.
 * @param allocation undefined where nothing of it is to run.
 */
export function beginChange(
  open: OpenBook,
  { organisationId, body: { replaces } }: ChangingBid,
  allocation: LiveAllocation | undefined,
): ChangeBegun {
  if (allocation?.standing.bidderId !== organisationId) {
    const detail = `nothing of allocation ${replaces.bidId} is to run any more`;
    return { kind: 'refused', refusal: { code: 'allocation_over', detail } };
  }
  const cancellation = cancellationOf(open, allocation);
  const { slot, returned } = cancellation;
  if (slot === replaces.slot && returned.toString() === replaces.returnedMicros) return { kind: 'cancelled', allocation, cancellation };
  const quoted = `the quote said ${formatMicros(BigInt(replaces.returnedMicros))} in slot ${replaces.slot}`;
  const detail = `cancelling allocation ${replaces.bidId} brings back ${formatMicros(returned)} in slot ${slot}; ${quoted}`;
  return { kind: 'refused', refusal: { code: 'cancellation_outdated', detail } };
}
