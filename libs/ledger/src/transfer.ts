import type { Micros } from '#units';
import type { Account, AccountKind } from './account.js';

export type TransferKind = 'deposit' | 'hold' | 'capture' | 'void';

/** Money on its way from the debited account to the credited one. */
export type Transfer =
  | { readonly kind: 'deposit'; readonly debitId: bigint; readonly creditId: bigint; readonly amount: Micros }
  | { readonly kind: 'hold'; readonly debitId: bigint; readonly creditId: bigint; readonly amount: Micros; readonly bidId: bigint }
  | {
      readonly kind: 'capture' | 'void';
      readonly debitId: bigint;
      readonly creditId: bigint;
      readonly amount: Micros;
      readonly bidId: bigint;
      readonly slot: number;
    };

/** One side of a transfer: negative on the debited account. */
export interface Entry {
  readonly accountId: bigint;
  readonly amount: Micros;
}

/** From which kind of account to which, and whether both are of one organisation. */
const WAYS: Readonly<Record<TransferKind, { readonly from: AccountKind; readonly to: AccountKind; readonly sameOwner: boolean }>> = {
  deposit: { from: 'funding', to: 'wallet', sameOwner: false },
  hold: { from: 'wallet', to: 'escrow', sameOwner: true },
  capture: { from: 'escrow', to: 'revenue', sameOwner: false },
  void: { from: 'escrow', to: 'wallet', sameOwner: true },
};

/** Whether a transfer of that kind may go from the one account to the other. */
export function isWay(kind: TransferKind, { debit, credit }: { readonly debit: Account; readonly credit: Account }): boolean {
  const { from, to, sameOwner } = WAYS[kind];
  return debit.kind === from && credit.kind === to && (!sameOwner || debit.ownerId === credit.ownerId);
}
