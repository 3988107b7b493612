import { valueAt } from '#mechanism';
import { invariant } from '#units';
import type { DecidedBid, Payer, QueuedBid } from './ports.js';

/**
 * The bidders that a batch takes money from, with how far their funds may have moved meanwhile without any difference to what was decided:
 * nobody pays more than finishing at once is worth, so a bid with at least that much in the wallet is decided as if funds had no end.
 * @param bids what was decided, in the same order.
 */
export function payersOf(decided: readonly DecidedBid[], bids: readonly QueuedBid[]): Payer[] {
  const payers = new Map<bigint, Payer>();
  for (const { decision, wallet } of decided) {
    if (decision.kind === 'accepted' && decision.payment > 0n)
      payers.set(wallet.organisationId, { wallet, spareMicros: wallet.fundsMicros });
  }
  decided.forEach(({ bidId, wallet, fundsMicros }, index) => {
    const payer = payers.get(wallet.organisationId);
    if (!payer) return;
    invariant(bidId === bids[index].bidId, 'bids were decided in their order');
    const spareMicros = fundsMicros - valueAt(bids[index].body.valuation, 0);
    if (spareMicros < payer.spareMicros) payers.set(wallet.organisationId, { wallet, spareMicros });
  });
  return [...payers.values()];
}
