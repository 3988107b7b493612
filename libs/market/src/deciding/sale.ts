import { type Sale, saleOf } from '#ledger';
import type { DecidedBid } from './ports.js';

/** What an accepted bid has bought; undefined of a refused one. */
export function saleIn({ bidId, wallet, decision }: Pick<DecidedBid, 'bidId' | 'wallet' | 'decision'>): Sale | undefined {
  if (decision.kind === 'refused') return undefined;
  return saleOf({ bidId, bidderId: wallet.organisationId, payment: decision.payment }, decision.lines);
}
