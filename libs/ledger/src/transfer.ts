import type { Micros } from '#units';
import type { Account, AccountKind } from './account.js';

/** Why money moves. */
export const TRANSFER_KINDS = ['deposit', 'hold', 'capture', 'void', 'retain', 'earn', 'refund'] as const;
/** One of them. */
export type TransferKind = (typeof TRANSFER_KINDS)[number];

/** Money on its way from the debited account to the credited one. */
export type Transfer =
  | { readonly kind: 'deposit'; readonly debitId: bigint; readonly creditId: bigint; readonly amount: Micros }
  | { readonly kind: 'hold'; readonly debitId: bigint; readonly creditId: bigint; readonly amount: Micros; readonly bidId: bigint }
  | {
      readonly kind: 'capture' | 'void' | 'retain' | 'earn' | 'refund';
      readonly debitId: bigint;
      readonly creditId: bigint;
      readonly amount: Micros;
      readonly bidId: bigint;
      /** The slot that ran; of what goes back, where the clock stood; of what is earned, the job's last slot. */
      readonly slot: number;
    };

/** One side of a transfer: negative on the debited account. */
export interface Entry {
  readonly accountId: bigint;
  readonly amount: Micros;
}

/** Who has a part in a transfer. An operator may be its own bidder. */
export type Party = 'operator' | 'bidder';

/** From whose account of which kind to whose: the only ways that money goes. */
export const WAYS: Readonly<Record<TransferKind, { readonly from: WayEnd; readonly to: WayEnd }>> = {
  deposit: { from: { party: 'operator', kind: 'funding' }, to: { party: 'bidder', kind: 'wallet' } },
  hold: { from: { party: 'bidder', kind: 'wallet' }, to: { party: 'bidder', kind: 'escrow' } },
  capture: { from: { party: 'bidder', kind: 'escrow' }, to: { party: 'operator', kind: 'revenue' } },
  void: { from: { party: 'bidder', kind: 'escrow' }, to: { party: 'bidder', kind: 'wallet' } },
  retain: { from: { party: 'bidder', kind: 'escrow' }, to: { party: 'operator', kind: 'retained' } },
  earn: { from: { party: 'operator', kind: 'retained' }, to: { party: 'operator', kind: 'revenue' } },
  refund: { from: { party: 'operator', kind: 'retained' }, to: { party: 'bidder', kind: 'wallet' } },
};

interface WayEnd {
  readonly party: Party;
  readonly kind: AccountKind;
}

/** Whether a transfer of that kind may go from the one account to the other. */
export function isWay(kind: TransferKind, { debit, credit }: { readonly debit: Account; readonly credit: Account }): boolean {
  const { from, to } = WAYS[kind];
  return debit.kind === from.kind && credit.kind === to.kind && (from.party !== to.party || debit.ownerId === credit.ownerId);
}
