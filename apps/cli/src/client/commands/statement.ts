import type { ItemOf } from '#sdk';
import { balancesOf, formatMicros, type MonthBalance, monthOf, statementCsv } from '#units';
import { BadInput } from '../../terminal.js';
import type { Client, ClientFlags } from '../client.js';
import { type Column, tableOf } from '../text.js';

type Entry = ItemOf<'listEntries'>;

interface StatementFlags extends ClientFlags {
  readonly month?: string;
  readonly csv?: boolean;
}

const ENTRIES: readonly Column<Entry>[] = [
  { head: 'at', of: ({ createdAt }) => createdAt },
  { head: 'kind', of: ({ kind }) => kind },
  { head: 'account', of: ({ account }) => account },
  { head: 'amount', of: ({ amount }) => amount, isNumber: true },
  { head: 'bid', of: ({ bidId }) => bidId ?? '', isNumber: true },
  { head: 'slot', of: ({ slot }) => slot?.toString() ?? '', isNumber: true },
];

const BALANCES: readonly Column<MonthBalance>[] = [
  { head: 'account', of: ({ account }) => account },
  { head: 'opening', of: ({ opening }) => formatMicros(opening), isNumber: true },
  { head: 'in the month', of: ({ moved }) => formatMicros(moved), isNumber: true },
  { head: 'closing', of: ({ closing }) => formatMicros(closing), isNumber: true },
];

/** The entries of an account, or the statement of a month. @param accountOf which account: asked for once the flags are in order */
export async function tellStatement(client: Client, accountOf: () => Promise<{ readonly id: string }>): Promise<void> {
  const { month, csv, json } = client.flags as StatementFlags;
  const faults = [
    ...(month !== undefined && !/^\d{4}-(0[1-9]|1[0-2])$/.test(month) ? [`--month: ${month} is no month such as 2026-11`] : []),
    ...(csv && json ? ['--csv: and --json are two forms: one of them'] : []),
  ];
  if (faults.length > 0) throw new BadInput(faults);
  const { id } = await accountOf();
  const all = await client.eris.all('listEntries', { params: { accountId: id } });
  const items = month === undefined ? all : all.filter((row) => monthOf(row) === month);
  client.tell({ items, nextCursor: null }, () => {
    if (csv) return statementCsv(items);
    const entries = tableOf(client.screen, ENTRIES, items);
    return month === undefined ? entries : `${tableOf(client.screen, BALANCES, balancesOf(all, month))}\n${entries}`;
  });
}
