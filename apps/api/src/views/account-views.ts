import type { AnswerOf } from '#contracts';
import type { AccountRecord, AccountsOutcome, DepositOutcome, EntriesOutcome, EntryRecord } from '#market';
import { formatMicros } from '#units';
import { cursorOf } from '../http/cursor.js';
import { Reply } from '../http/reply.js';

const accountView = (account: AccountRecord): AnswerOf<'listAccounts'>['items'][number] => ({
  id: account.accountId.toString(),
  organisationId: account.organisationId.toString(),
  organisation: account.organisationName,
  balance: { available: formatMicros(account.available), held: formatMicros(account.held) },
  retained: formatMicros(account.retained),
  revenue: formatMicros(account.revenue),
});

/** A page of accounts as the API tells it. */
export const accountsView = ({ accounts, nextId }: AccountsOutcome): AnswerOf<'listAccounts'> => ({
  items: accounts.map(accountView),
  nextCursor: cursorOf(nextId),
});

/** A deposit as the API tells it. */
export function depositView({ account, replayed }: Extract<DepositOutcome, { kind: 'deposited' }>): Reply<AnswerOf<'deposit'>> {
  const balance = { available: formatMicros(account.available), held: formatMicros(account.held) };
  return new Reply({ id: account.accountId.toString(), balance }, undefined, replayed ? { 'idempotency-replayed': 'true' } : {});
}

/** A page of entries as the API tells it. */
export const entriesView = ({ entries, nextId }: Extract<EntriesOutcome, { kind: 'page' }>): AnswerOf<'listEntries'> => ({
  items: entries.map(entryView),
  nextCursor: cursorOf(nextId),
});

const textOf = (id: bigint | null): string | null => (id === null ? null : id.toString());

const entryView = (entry: EntryRecord): AnswerOf<'listEntries'>['items'][number] => ({
  transferId: entry.transferId.toString(),
  kind: entry.kind,
  account: entry.account,
  amount: formatMicros(entry.amount),
  marketId: textOf(entry.marketId),
  bidId: textOf(entry.bidId),
  slot: entry.slot,
  createdAt: entry.createdAt.toISOString(),
});
