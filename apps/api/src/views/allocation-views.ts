import type { AnswerOf } from '#contracts';
import type { AllocationLife, AllocationsOutcome, AllocationSummary } from '#market';
import { formatMicros } from '#units';
import type { BidBodies } from '../bidding/bid-bodies.js';
import { cursorOf } from '../http/cursor.js';
import { lineTold, siteIdsTold } from './line-view.js';

type Summary = AnswerOf<'listAllocations'>['items'][number];

const summaryView = (summary: AllocationSummary): Summary => ({
  bidId: summary.bidId.toString(),
  marketId: summary.marketId.toString(),
  organisationId: summary.organisationId.toString(),
  label: summary.label,
  kind: summary.kind,
  state: summary.state,
  revision: summary.revision,
  firstSlot: summary.firstSlot,
  completion: summary.lastSlot,
  slots: summary.slots,
  payment: formatMicros(summary.paymentMicros),
  returned: formatMicros(summary.returnedMicros),
});

/** A page of allocations as the API tells it. */
export const allocationsView = ({ allocations, nextId }: AllocationsOutcome): AnswerOf<'listAllocations'> => ({
  items: allocations.map(summaryView),
  nextCursor: cursorOf(nextId),
});

/** An allocation, its plan in the words of its kind. */
export function allocationView(life: AllocationLife, bodies: Pick<BidBodies, 'planTold'>): AnswerOf<'getAllocation'> {
  const { allocation, summary, links } = life;
  const idOf = siteIdsTold(allocation.siteIds);
  return {
    bidId: allocation.bidId.toString(),
    marketId: allocation.marketId.toString(),
    payment: formatMicros(allocation.paymentMicros),
    ...bodies.planTold(allocation, idOf),
    lines: allocation.lines.map((line) => lineTold(line, idOf)),
    state: summary.state,
    revision: summary.revision,
    returned: formatMicros(summary.returnedMicros),
    slots: life.slots.map(({ amountMicros, ...slot }) => ({ ...slot, amount: formatMicros(amountMicros) })),
    continues: links.continues?.toString() ?? null,
    continuedBy: links.continuedBy.map(String),
    replaces: links.replaces?.toString() ?? null,
    replacedBy: links.replacedBy?.toString() ?? null,
    returns: life.returns.map(({ sequence, cause, amountMicros, at }) => ({
      sequence: sequence.toString(),
      cause,
      amount: formatMicros(amountMicros),
      at: at.toISOString(),
    })),
  };
}
