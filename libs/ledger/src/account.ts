import { micros, type Micros } from '#units';

/**
 * `funding` is where deposits come from, `wallet` what a bidder can spend, `escrow` what accepted bids hold, `retained` what slots that have run cost until
 * their job is complete, `revenue` what was earned.
 */
export const ACCOUNT_KINDS = ['funding', 'wallet', 'escrow', 'retained', 'revenue'] as const;
/** What an account is for. */
export type AccountKind = (typeof ACCOUNT_KINDS)[number];

/** An account of an organisation; its balance stands in the ledger. */
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

/** What a balance may be at most, either side of zero: Postgres keeps it in 64 bits. */
export const BALANCE_MAX = micros(9_223_372_036_854_775_807n);

/**
 * What a wallet is filled to at most, micro-credits: a million million credits. Far below what an operator may put into the books in all (BALANCE_MAX), so that one
 * account which is filled without end does not keep the others from being filled.
 */
export const WALLET_MAX = micros(1_000_000_000_000_000_000n);

/** Why a deposit is more than the books can hold, in order of precedence; undefined where they can. */
export function depositLimit(
  balances: { readonly wallet: Micros; readonly funding: Micros },
  amount: Micros,
): 'wallet' | 'funding' | undefined {
  if (balances.wallet + amount > WALLET_MAX) return 'wallet';
  return balances.funding - amount < -BALANCE_MAX ? 'funding' : undefined;
}

/** Funding alone may be negative: it says how much has been put into the books. */
export const mayBeNegative = ({ kind }: Account): boolean => kind === 'funding';
