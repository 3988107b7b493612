import { at } from '#units';
import { givenBack } from '../budgets/index.js';
import { cancellationCommit } from '../lifecycle/cancel.js';
import { beginChange, type ChangingBid } from '../lifecycle/change.js';
import { liveOf } from '../lifecycle/live.js';
import type { LiveRow, RepairCommit } from '../lifecycle/repair-ports.js';
import { type BatchInput, decideBatch } from './decide-batch.js';
import type { BatchRecord, QueuedBid } from './ports.js';

/** A bid that takes the place of an allocation, and that allocation as it stands; undefined where nothing of it is to run. */
export interface ChangeInput extends Omit<BatchInput, 'bids' | 'mayGoOn' | 'refusal'> {
  readonly bid: QueuedBid & ChangingBid;
  readonly live: LiveRow | undefined;
}

/** What a change comes to. */
export interface DecidedChange {
  readonly record: BatchRecord;
  readonly priceVersion: bigint;
  /** The entry before the decision, where the bid is accepted; else nothing becomes of the allocation. */
  readonly cancelled?: RepairCommit | undefined;
}

/**
 * Decides a bid that takes the place of an allocation: on the prices without it, with what comes back in the wallet and in budgets. Accepted, the cancellation and
 * the decision are two entries that follow each other; refused, the decision is the only one. The book is changed, and of use only where the bid is accepted.
 */
export function decideChange({ bid, live, ...input }: ChangeInput): DecidedChange {
  const { open, funds, kinds } = input;
  const { state, book } = open;
  const { head } = state;
  const decide = (further: Partial<BatchInput>) => decideBatch({ ...input, bids: [bid], mayGoOn: () => false, ...further });
  if (head.status === 'closed') return decide({});
  const begun = beginChange(open, bid, live && liveOf(open, kinds, live));
  if (begun.kind === 'refused') return decide({ refusal: begun.refusal });
  const { allocation, cancellation } = begun;
  const cancelled = cancellationCommit(open, allocation, cancellation);
  funds.returned(bid.organisationId, cancellation.returned, givenBack(allocation.charges, cancellation.returned));
  const sequence = head.sequence + 1n;
  const draft = decide({ open: { book, state: { ...state, priceVersion: sequence, head: { ...head, sequence } } } });
  const { record } = draft;
  const decided = at(record.decided, 0);
  if (decided.decision.kind === 'accepted') return { ...draft, cancelled };
  const { priceVersion } = state;
  return { record: { ...record, sequence, decided: [{ ...decided, sequence, priceVersion }] }, priceVersion };
}
