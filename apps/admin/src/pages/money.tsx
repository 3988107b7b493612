import { Link } from '@tanstack/react-router';
import type { ItemOf } from '#sdk';
import { useAll } from '../app/api.js';
import { useIsBidder } from '../app/session.js';
import { microsOf } from '../model/amounts.js';
import { Amount } from '../parts/amount.js';
import { AsCode } from '../parts/as-code.js';
import { PageHead } from '../parts/page.js';
import { Panel, Stats } from '../parts/panel.js';
import { Empty, Shown } from '../parts/states.js';
import { type Column, Table } from '../parts/table.js';

type Account = ItemOf<'listAccounts'>;

const COLUMNS: readonly Column<Account>[] = [
  {
    name: 'Organisation',
    cell: ({ id, organisation }) => (
      <Link to="/money/$accountId" params={{ accountId: id }}>
        {organisation}
      </Link>
    ),
  },
  { name: 'Available', isNumber: true, cell: ({ balance }) => <Amount of={balance.available} isColumn /> },
  { name: 'Held', isNumber: true, cell: ({ balance }) => <Amount of={balance.held} isColumn /> },
  { name: 'Retained', isNumber: true, cell: ({ retained }) => <Amount of={retained} isColumn /> },
  { name: 'Revenue', isNumber: true, cell: ({ revenue }) => <Amount of={revenue} isColumn /> },
];

const total = (rows: readonly Account[], of: (row: Account) => string): bigint => rows.reduce((sum, row) => sum + microsOf(of(row)), 0n);

/** Accounts: what is available, held and earned. */
export function MoneyPage() {
  const accounts = useAll('listAccounts', {}, { everyMs: 15_000 });
  const isBidder = useIsBidder();
  return (
    <>
      <PageHead title={isBidder ? 'Wallet' : 'Money'} note="Exact to the micro-credit: every amount comes from the double-entry ledger." />
      <Shown of={accounts} what="accounts">
        {(rows) => (
          <>
            <Stats
              of={[
                { name: 'Available', value: <Amount of={total(rows, ({ balance }) => balance.available)} />, note: 'credits in wallets' },
                { name: 'Held', value: <Amount of={total(rows, ({ balance }) => balance.held)} />, note: 'for slots that have not run' },
                { name: 'Retained', value: <Amount of={total(rows, ({ retained }) => retained)} />, note: 'until their jobs are complete' },
                { name: 'Revenue', value: <Amount of={total(rows, ({ revenue }) => revenue)} />, note: 'of jobs that are complete' },
              ]}
            />
            <Panel title="Accounts" isFlush>
              {rows.length === 0 ? (
                <Empty title="No account here" />
              ) : (
                <Table label="Accounts" columns={COLUMNS} rows={rows} idOf={({ id }) => id} />
              )}
            </Panel>
          </>
        )}
      </Shown>
      <AsCode call={{ operation: 'listAccounts' }} />
    </>
  );
}
