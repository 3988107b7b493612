import type { Micros } from '#units';

/** `funding` is where deposits come from, `wallet` what a bidder can spend, `escrow` what accepted bids hold, `revenue` what was earned. */
export type AccountKind = 'funding' | 'wallet' | 'escrow' | 'revenue';

export interface Account {
  readonly id: bigint;
  /** The organisation. */
  readonly ownerId: bigint;
  readonly kind: AccountKind;
}

/** An account with its money. */
export interface Balance extends Account {
  readonly balance: Micros;
}

/** Funding alone may be negative: it says how much has been put into the books. */
export const mayBeNegative = ({ kind }: Account): boolean => kind === 'funding';
