import { oneMore, pageOf, type PageRange } from '../page.js';
import type { Caller } from '../tenancy/index.js';
import type { AccountRecord, AccountsReader, EntryRecord } from './ports.js';

/** A page of accounts. */
export interface AccountsOutcome {
  readonly kind: 'page';
  readonly accounts: readonly AccountRecord[];
  /** The organisation to go on after; null on the last page. */
  readonly nextId: bigint | null;
}

/** The accounts that the caller may see: its organisation's and, unless it bids, those of the organisations that it made. */
export class ListAccounts {
  constructor(private readonly reader: AccountsReader) {}

  async run({ caller, ...range }: PageRange & { readonly caller: Caller }): Promise<AccountsOutcome> {
    const found = await this.reader.listAccounts(caller, oneMore(range));
    const { rows, nextId } = pageOf(found, range, ({ organisationId }) => organisationId);
    return { kind: 'page', accounts: rows, nextId };
  }
}

/** An account, where the caller may see it. */
export type AccountOutcome = { readonly kind: 'found'; readonly account: AccountRecord } | { readonly kind: 'not_found' };

/** One account. */
export class GetAccount {
  constructor(private readonly reader: AccountsReader) {}

  async run({ caller, accountId }: { readonly caller: Caller; readonly accountId: bigint }): Promise<AccountOutcome> {
    const account = await this.reader.findAccount(caller, accountId);
    return account ? { kind: 'found', account } : { kind: 'not_found' };
  }
}

/** `afterId` is the position of an entry; 0 for the first page. */
export interface ListEntriesRequest extends PageRange {
  readonly caller: Caller;
  readonly accountId: bigint;
}

/** A page of an account's entries, where the caller may see it. */
export type EntriesOutcome =
  | {
      readonly kind: 'page';
      readonly entries: readonly EntryRecord[];
      /** The position to go on after; null on the last page. */
      readonly nextId: bigint | null;
    }
  | { readonly kind: 'not_found' };

/** The ledger entries of an organisation, oldest first. */
export class ListEntries {
  constructor(private readonly reader: AccountsReader) {}

  async run({ caller, accountId, ...range }: ListEntriesRequest): Promise<EntriesOutcome> {
    const found = await this.reader.listEntries(caller, accountId, oneMore(range));
    if (!found) return { kind: 'not_found' };
    const { rows, nextId } = pageOf(found, range, ({ position }) => position);
    return { kind: 'page', entries: rows, nextId };
  }
}
