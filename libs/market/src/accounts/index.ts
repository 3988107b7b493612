/** Money of organisations: balances, entries, deposits. */
export { Deposit, type Deposited, type DepositOutcome, type DepositRequest } from './deposit.js';
export {
  GetAccount,
  ListAccounts,
  ListEntries,
  type AccountOutcome,
  type AccountsOutcome,
  type EntriesOutcome,
  type ListEntriesRequest,
} from './read-accounts.js';
export type { AccountRecord, AccountsReader, AccountsTx, EntryRecord } from './ports.js';
