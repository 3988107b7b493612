import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { Download } from 'lucide-react';
import { type FormEvent, useMemo, useState } from 'react';
import { newIdempotencyKey, type ItemOf } from '#sdk';
import { type MonthBalance, statementCsv } from '#units';
import { useAll, useChange } from '../app/api.js';
import { useNow } from '../app/clock.js';
import { useIsOperator } from '../app/session.js';
import { credits } from '../model/amounts.js';
import { monthsBack, type Statement, statementOf } from '../model/statement.js';
import { inWords, moment } from '../model/words.js';
import { Amount } from '../parts/amount.js';
import { AsCode } from '../parts/as-code.js';
import { Button } from '../parts/button.js';
import { Chooser, Field } from '../parts/fields.js';
import { faultsOf } from '../parts/form.js';
import { PageHead } from '../parts/page.js';
import { Panel, Stats } from '../parts/panel.js';
import { Empty, Failure, Notice, Shown } from '../parts/states.js';
import { type Column, Table } from '../parts/table.js';

type Entry = ItemOf<'listEntries'>;
const MONTHS = 12;
const MINUTE_MS = 60_000;

const COLUMNS: readonly Column<Entry>[] = [
  { name: 'When', cell: ({ createdAt }) => moment(createdAt) },
  { name: 'What', cell: ({ kind }) => inWords(kind) },
  { name: 'Account', cell: ({ account }) => inWords(account) },
  { name: 'Amount', isNumber: true, cell: ({ amount }) => <Amount of={amount} isColumn /> },
  { name: 'Bid', cell: ({ bidId, marketId }) => <BidOf bidId={bidId} marketId={marketId} /> },
  { name: 'Slot', isNumber: true, cell: ({ slot }) => slot ?? '–' },
  { name: 'Transfer', isNumber: true, cell: ({ transferId }) => transferId },
];

function BidOf({ bidId, marketId }: { readonly bidId: string | null; readonly marketId: string | null }) {
  if (bidId === null || marketId === null) return '–';
  return <a href={`/admin/markets/${marketId}/bids/${bidId}`}>{bidId}</a>;
}

/** An account: its balances, and the statement of a month. */
export function AccountPage() {
  const { accountId } = useParams({ from: '/general/money/$accountId' });
  const { month: named } = useSearch({ from: '/general/money/$accountId' });
  const navigate = useNavigate({ from: '/money/$accountId' });
  const months = monthsBack(useNow(MINUTE_MS), MONTHS);
  const month = named ?? months[0] ?? '';
  const accounts = useAll('listAccounts', {});
  const account = accounts.data?.find(({ id }) => id === accountId);
  const entries = useAll('listEntries', { params: { accountId } });
  const tools = (
    <Chooser
      label="Month"
      isLabelHidden
      value={month}
      choices={months.map((id) => ({ id, name: id }))}
      onChange={(id) => void navigate({ search: { month: id } })}
    />
  );
  return (
    <>
      <PageHead title={account?.organisation ?? `Account ${accountId}`} crumbs={[{ name: 'Money', to: '/money' }]} />
      {account && (
        <Stats
          of={[
            { name: 'Available', value: <Amount of={account.balance.available} /> },
            { name: 'Held', value: <Amount of={account.balance.held} />, note: 'for slots that have not run' },
            { name: 'Retained', value: <Amount of={account.retained} />, note: 'of slots that have run, until their jobs are complete' },
            { name: 'Revenue', value: <Amount of={account.revenue} /> },
          ]}
        />
      )}
      {useIsOperator() && <Deposit accountId={accountId} />}
      <Panel title={`Statement of ${month}`} isFlush tools={tools}>
        <Shown of={entries} what="entries">
          {(rows) => <StatementView rows={rows} month={month} account={account} />}
        </Shown>
      </Panel>
      <AsCode call={{ operation: 'listEntries', params: { accountId } }} />
    </>
  );
}

interface StatementViewProps {
  readonly rows: readonly Entry[];
  readonly month: string;
  readonly account: ItemOf<'listAccounts'> | undefined;
}

function StatementView({ rows, month, account }: StatementViewProps) {
  const statement = useMemo(() => statementOf(rows, month, account), [rows, month, account]);
  const name = account?.organisation ?? 'account';
  return (
    <div className="stack">
      <div className="panel-pad stack">
        <Balances statement={statement} />
        <div className="cluster">
          <Button isSmall onPress={() => download(`statement-${name}-${month}.csv`, statementCsv(statement.entries))}>
            <Download size={14} aria-hidden />
            CSV
          </Button>
          <Button isSmall onPress={() => print()}>
            Print or save as PDF
          </Button>
        </div>
      </div>
      {statement.entries.length === 0 ? (
        <Empty title="Nothing happened in this month" />
      ) : (
        <Table
          label={`Entries of ${month}`}
          columns={COLUMNS}
          rows={statement.entries}
          idOf={({ transferId, account }, index) => `${transferId} ${account} ${index}`}
        />
      )}
    </div>
  );
}

const BALANCES: readonly Column<MonthBalance>[] = [
  { name: 'Account', cell: ({ account }) => inWords(account) },
  { name: 'Opening', isNumber: true, cell: ({ opening }) => <Amount of={opening} isColumn /> },
  { name: 'In the month', isNumber: true, cell: ({ moved }) => <Amount of={moved} isColumn /> },
  { name: 'Closing', isNumber: true, cell: ({ closing }) => <Amount of={closing} isColumn /> },
];

function Balances({ statement }: { readonly statement: Statement }) {
  return (
    <>
      <Table label="Balances" columns={BALANCES} rows={statement.balances} idOf={({ account }) => account} />
      <Notice look={statement.wrong.length === 0 ? 'good' : 'warn'}>
        {statement.wrong.length === 0
          ? 'All entries from the first one on come to the balances above, to the micro-credit.'
          : `The entries that were read do not come to the balance of ${statement.wrong.join(', ')}. Where money moves at this moment, load the page again.`}
      </Notice>
    </>
  );
}

function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}

function Deposit({ accountId }: { readonly accountId: string }) {
  const [amount, setAmount] = useState('');
  const [idempotencyKey, setKey] = useState(newIdempotencyKey); // of this deposit, however often the button is pressed
  const deposit = useChange('deposit', ['listAccounts', 'listEntries']);
  const change = (text: string): void => {
    setAmount(text);
    setKey(newIdempotencyKey());
  };
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    deposit.mutate({ params: { accountId }, body: { amount }, idempotencyKey }, { onSuccess: () => change('') });
  };
  const faults = faultsOf(deposit.error);
  return (
    <Panel title="Deposit">
      {deposit.error && faults.amount === undefined && <Failure error={deposit.error} />}
      {deposit.isSuccess && amount === '' && (
        <Notice look="good">Deposited. {credits(deposit.data.balance.available)} credits are available.</Notice>
      )}
      <form className="toolbar" onSubmit={onSubmit}>
        <Field label="Credits" inputMode="decimal" value={amount} onChange={change} fault={faults.amount} />
        <Button type="submit" look="primary" isDisabled={deposit.isPending || amount.trim() === ''}>
          Deposit
        </Button>
      </form>
      <AsCode call={{ operation: 'deposit', params: { accountId }, body: { amount } }} />
    </Panel>
  );
}
