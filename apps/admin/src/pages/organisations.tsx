import { Link } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import type { ItemOf } from '#sdk';
import { useAll, useChange } from '../app/api.js';
import { useIsOperator } from '../app/session.js';
import { moment } from '../model/words.js';
import { AsCode } from '../parts/as-code.js';
import { Button } from '../parts/button.js';
import { Field } from '../parts/fields.js';
import { faultsOf } from '../parts/form.js';
import { PageHead } from '../parts/page.js';
import { Panel } from '../parts/panel.js';
import { Empty, Failure, Notice, Shown } from '../parts/states.js';
import { type Column, Table } from '../parts/table.js';

type Organisation = ItemOf<'listOrganisations'>;
/** An organisation and how far below the first one it stands. */
interface Branch extends Organisation {
  readonly depth: number;
}

/** Organisations as a tree, each below the one that made it. */
function branchesOf(rows: readonly Organisation[]): Branch[] {
  const ids = new Set(rows.map(({ id }) => id));
  const below = (parentId: string | null, depth: number): Branch[] =>
    rows
      .filter((row) => (parentId === null ? row.parentId === null || !ids.has(row.parentId) : row.parentId === parentId))
      .flatMap((row) => [{ ...row, depth }, ...below(row.id, depth + 1)]);
  return below(null, 0);
}

const COLUMNS: readonly Column<Branch>[] = [
  {
    name: 'Organisation',
    cell: ({ name, depth }) => (
      <span style={{ paddingLeft: depth * 22 }}>
        {depth > 0 && (
          <span aria-hidden className="muted">
            └{' '}
          </span>
        )}
        {name}
      </span>
    ),
  },
  {
    name: 'Account',
    cell: ({ accountId }) => (
      <Link to="/money/$accountId" params={{ accountId }}>
        {accountId}
      </Link>
    ),
  },
  {
    name: 'Keys',
    cell: ({ id }) => (
      <Link to="/keys" search={{ organisation: id }}>
        Keys
      </Link>
    ),
  },
  { name: 'Since', cell: ({ createdAt }) => moment(createdAt) },
];

/** Organisations: who bids, who sells. */
export function OrganisationsPage() {
  const organisations = useAll('listOrganisations', {});
  return (
    <>
      <PageHead title="Organisations" note="Each has a wallet and keys. Those that you make belong to you, and may bid in your markets." />
      {useIsOperator() && <NewOrganisation />}
      <Panel title="All organisations" isFlush>
        <Shown of={organisations} what="organisations">
          {(rows) =>
            rows.length === 0 ? (
              <Empty title="There is none yet" />
            ) : (
              <Table label="Organisations" columns={COLUMNS} rows={branchesOf(rows)} idOf={({ id }) => id} />
            )
          }
        </Shown>
      </Panel>
      <AsCode call={{ operation: 'listOrganisations' }} />
    </>
  );
}

function NewOrganisation() {
  const [name, setName] = useState('');
  const create = useChange('createOrganisation', ['listOrganisations', 'listAccounts']);
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    create.mutate({ body: { name } }, { onSuccess: () => setName('') });
  };
  const faults = faultsOf(create.error);
  return (
    <Panel title="New organisation">
      {create.error && faults.name === undefined && <Failure error={create.error} />}
      {create.data && (
        <Notice look="good">
          <span>
            {create.data.name} is there.{' '}
            <Link to="/keys" search={{ organisation: create.data.id }}>
              Make a key for it
            </Link>
            , and{' '}
            <Link to="/money/$accountId" params={{ accountId: create.data.accountId }}>
              fill its wallet
            </Link>
            .
          </span>
        </Notice>
      )}
      <form className="toolbar" onSubmit={onSubmit}>
        <Field label="Name" value={name} onChange={setName} fault={faults.name} />
        <Button type="submit" look="primary" isDisabled={create.isPending || name.trim() === ''}>
          Make it
        </Button>
      </form>
      <AsCode call={{ operation: 'createOrganisation', body: { name } }} />
    </Panel>
  );
}
