import type { AccountKind, TransferKind } from '#ledger';
import type { Micros } from '#units';
import type { IdempotencyTx } from '../idempotency/index.js';
import type { PageRange } from '../page.js';
import type { Caller } from '../tenancy/index.js';

/** An organisation's money. The account's id is that of its wallet. */
export interface AccountRecord {
  readonly accountId: bigint;
  readonly organisationId: bigint;
  readonly organisationName: string;
  /** The operator that made it, and in whose markets it may bid. */
  readonly parentId: bigint | null;
  /** In the wallet. */
  readonly available: Micros;
  /** In escrow, for accepted bids whose slots have not run. */
  readonly held: Micros;
  /** Of slots that have run in an operator's markets, until their jobs are complete. */
  readonly retained: Micros;
  /** What an operator has earned. */
  readonly revenue: Micros;
}

/** One side of a transfer, on one of the organisation's accounts. */
export interface EntryRecord {
  /** Where it stands among all entries: later entries of an organisation have higher positions. */
  readonly position: bigint;
  readonly transferId: bigint;
  readonly kind: TransferKind;
  readonly account: AccountKind;
  /** Negative where money left the account. */
  readonly amount: Micros;
  readonly marketId: bigint | null;
  readonly bidId: bigint | null;
  readonly slot: number | null;
  readonly createdAt: Date;
}

/** What is read of accounts, each as of one moment. */
export interface AccountsReader {
  /** What the caller may see, in the order in which the organisations were made: `afterId` is an organisation's. */
  listAccounts(caller: Caller, range: PageRange): Promise<readonly AccountRecord[]>;
  /** undefined where the caller sees no such account. */
  findAccount(caller: Caller, accountId: bigint): Promise<AccountRecord | undefined>;
  /** Entries of all accounts of an account's organisation by position, `afterId`; undefined where the caller sees no such account. */
  listEntries(caller: Caller, accountId: bigint, range: PageRange): Promise<readonly EntryRecord[] | undefined>;
}

/** What accounts do in the database. */
export interface AccountsTx extends IdempotencyTx {
  /** undefined where the caller sees no such account. */
  findAccount(caller: Caller, accountId: bigint): Promise<AccountRecord | undefined>;
  /** Locks what a deposit changes, until the transaction ends. @returns the balances. */
  lockForDeposit(ends: {
    readonly operatorId: bigint;
    readonly walletId: bigint;
  }): Promise<{ readonly funding: Micros; readonly wallet: Micros }>;
  /** Moves money from an operator's funding into a wallet. */
  deposit(transfer: { readonly operatorId: bigint; readonly walletId: bigint; readonly amount: Micros }): Promise<void>;
}
