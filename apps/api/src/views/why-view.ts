import { type AnswerOf, type BidForms, optionTold, refusalTold } from '#contracts';
import type { ExplainOutcome, ToldChange } from '#market';
import { formatMicros, formatMilli, invariant } from '#units';
import { quoteIdFor } from '../bidding/quotes.js';
import { budgetLeftView, statusOf } from './bid-views.js';

type Explained = Extract<ExplainOutcome, { kind: 'explained' }>;
type Why = AnswerOf<'explainBid'>;

/** An explanation as the API tells it. */
export function whyView(outcome: Explained, forms: BidForms): Why {
  const { bid, body, priceVersion, arrivalSlot, best, refusal, fits, cells, changes, siteIds } = outcome;
  const { reason = null } = bid.decision ?? {};
  return {
    bidId: bid.bidId.toString(),
    marketId: bid.marketId.toString(),
    status: statusOf(bid.decision),
    decided: reason && refusalTold(reason),
    body: sent(body),
    priceVersion: priceVersion.toString(),
    arrivalSlot,
    best: best && optionTold(best),
    reason: refusal ? refusalTold(refusal) : null,
    fits,
    cells: cells.map(({ slot, site, resource, neededMilli, freeMilli, unitPrice }) => ({
      slot,
      siteId: site === null ? null : idOf(siteIds, site),
      resource,
      needed: formatMilli(neededMilli),
      free: formatMilli(freeMilli),
      unitPrice: formatMicros(unitPrice),
    })),
    changes: changes.map((change) => changeView(change, outcome, forms)),
  };
}

/** A body of the wire is what its form has read: plain JSON. */
const sent = (body: Explained['body']): Why['body'] => body as unknown as Why['body'];

function idOf(siteIds: readonly string[], ordinal: number): string {
  const id = siteIds[ordinal];
  invariant(id !== undefined, 'a cell lies at a site of its market');
  return id;
}

function changeView(change: ToldChange, { bid: { marketId }, priceVersion }: Explained, forms: BidForms): Why['changes'][number] {
  const { kind, body, completion, price, value, missingMicros } = change;
  return {
    kind,
    body: sent(body),
    quoteId: kind === 'deposit' || kind === 'budget' ? null : quoteIdFor(forms, { marketId, body }, priceVersion, { completion, price }),
    completion,
    price: formatMicros(price),
    value: formatMicros(value),
    deposit: formatMicros(missingMicros),
    ...(change.kind !== 'site' &&
      change.budgets && {
        budgets: change.budgets.map(({ missing, ...budget }) => ({ ...budgetLeftView(budget), missing: formatMicros(missing) })),
      }),
    ...(change.kind === 'site' && { from: change.from, to: change.to }),
  };
}
