import type { Caller } from '../tenancy/index.js';
import type { UnitOfWork } from '../unit-of-work.js';
import type { AccountRecord, AccountsTx, EntryRecord } from './ports.js';

export interface AccountsOutcome {
  readonly kind: 'listed';
  readonly accounts: readonly AccountRecord[];
}

/** The accounts that the caller may see: its organisation's and, unless it bids, those of the organisations that it made. */
export class ListAccounts {
  constructor(private readonly work: UnitOfWork<AccountsTx>) {}

  async run(caller: Caller): Promise<AccountsOutcome> {
    return { kind: 'listed', accounts: await this.work.read((tx) => tx.listAccounts(caller)) };
  }
}

export type AccountOutcome = { readonly kind: 'found'; readonly account: AccountRecord } | { readonly kind: 'not_found' };

/** One account. */
export class GetAccount {
  constructor(private readonly work: UnitOfWork<AccountsTx>) {}

  async run({ caller, accountId }: { readonly caller: Caller; readonly accountId: bigint }): Promise<AccountOutcome> {
    const account = await this.work.read((tx) => tx.findAccount(caller, accountId));
    return account ? { kind: 'found', account } : { kind: 'not_found' };
  }
}

export interface ListEntriesRequest {
  readonly caller: Caller;
  readonly accountId: bigint;
  /** Only entries after this position; 0 for the first page. */
  readonly afterPosition: bigint;
  readonly limit: number;
}

/** `nextPosition` is null on the last page. */
export type EntriesOutcome =
  | { readonly kind: 'page'; readonly entries: readonly EntryRecord[]; readonly nextPosition: bigint | null }
  | { readonly kind: 'not_found' };

/** The ledger entries of an organisation, oldest first. */
export class ListEntries {
  constructor(private readonly work: UnitOfWork<AccountsTx>) {}

  run({ caller, accountId, afterPosition, limit }: ListEntriesRequest): Promise<EntriesOutcome> {
    return this.work.read(async (tx) => {
      const account = await tx.findAccount(caller, accountId);
      if (!account) return { kind: 'not_found' };
      const found = await tx.listEntries(account.organisationId, { after: afterPosition, limit: limit + 1 });
      const entries = found.slice(0, limit);
      return { kind: 'page', entries, nextPosition: found.length > limit ? entries[limit - 1].position : null };
    });
  }
}
