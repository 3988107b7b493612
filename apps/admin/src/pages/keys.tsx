import { useNavigate, useSearch } from '@tanstack/react-router';
import { Check, Copy } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import type { AnswerOf, BodyOf, ItemOf } from '#sdk';
import { useAll, useChange } from '../app/api.js';
import { useIsOperator, useSession } from '../app/session.js';
import { moment } from '../model/words.js';
import { AsCode } from '../parts/as-code.js';
import { Badge } from '../parts/badge.js';
import { Button } from '../parts/button.js';
import { Confirm, Dialog } from '../parts/dialog.js';
import { Chooser, Field } from '../parts/fields.js';
import { faultsOf } from '../parts/form.js';
import { PageHead } from '../parts/page.js';
import { Panel } from '../parts/panel.js';
import { Empty, Failure, Notice, Shown } from '../parts/states.js';
import { type Column, Table } from '../parts/table.js';
import { ScopeChoice } from './key-scopes.js';

type Key = ItemOf<'listKeys'>;
type Role = Key['role'];

const ROLES: readonly { readonly id: Role; readonly name: string }[] = [
  { id: 'bidder', name: 'bidder: quotes and bids' },
  { id: 'operator', name: 'operator: everything' },
  { id: 'auditor', name: 'auditor: reads' },
];

/** Keys: who has one, made here and shown once, revoked here. */
export function KeysPage() {
  const { organisation } = useSearch({ from: '/general/keys' });
  const keys = useAll('listKeys', {});
  const organisations = useAll('listOrganisations', {});
  const navigate = useNavigate({ from: '/keys' });
  const names = new Map(organisations.data?.map(({ id, name }) => [id, name]));
  const choices = [{ id: '', name: 'All organisations' }, ...(organisations.data ?? []).map(({ id, name }) => ({ id, name }))];
  const choose = (id: string): void => void navigate({ search: id === '' ? {} : { organisation: id } });
  return (
    <>
      <PageHead title="Keys" note="Only a hash of a key is kept, so that it can be shown once and never again." />
      {useIsOperator() && <NewKey key={organisation ?? ''} organisation={organisation} names={names} />}
      <Panel
        title="All keys"
        isFlush
        tools={<Chooser label="Organisation" isLabelHidden value={organisation ?? ''} choices={choices} onChange={choose} />}
      >
        <Shown of={keys} what="keys">
          {(rows) => (
            <KeyTable
              rows={rows.filter(({ organisationId }) => organisation === undefined || organisationId === organisation)}
              names={names}
            />
          )}
        </Shown>
      </Panel>
      <AsCode call={{ operation: 'listKeys' }} />
    </>
  );
}

function KeyTable({ rows, names }: { readonly rows: readonly Key[]; readonly names: ReadonlyMap<string, string> }) {
  const [revoked, setRevoked] = useState<Key>();
  const isOperator = useIsOperator();
  const { who } = useSession();
  const revoke = useChange('revokeKey', ['listKeys']);
  const columns: readonly Column<Key>[] = [
    { name: 'Key', cell: ({ prefix }) => <span className="mono">{prefix}…</span> },
    { name: 'Label', cell: ({ label, id }) => `${label ?? '–'}${id === who.key.id ? ' (yours, in use here)' : ''}` },
    { name: 'Organisation', cell: ({ organisationId }) => names.get(organisationId) ?? organisationId },
    { name: 'Role', cell: ({ role }) => role },
    { name: 'Scopes', isWrapped: true, cell: ({ scopes }) => (scopes.length === 0 ? 'all of its role' : scopes.join(', ')) },
    { name: 'Last used', cell: ({ lastUsedAt }) => (lastUsedAt === null ? 'never' : moment(lastUsedAt)) },
    { name: 'State', cell: ({ revokedAt }) => <Badge state={revokedAt === null ? 'active' : 'revoked'} /> },
    {
      name: 'Action',
      cell: (key) =>
        isOperator && key.revokedAt === null ? (
          <Button isSmall look="danger" onPress={() => setRevoked(key)} aria-label={`Revoke ${key.label ?? key.prefix}`}>
            Revoke
          </Button>
        ) : (
          '–'
        ),
    },
  ];
  if (rows.length === 0) return <Empty title="No key here" />;
  const onConfirm = (): void => {
    if (revoked) revoke.mutate({ params: { keyId: revoked.id } }, { onSuccess: () => setRevoked(undefined) });
  };
  return (
    <>
      <Table label="Keys" columns={columns} rows={rows} idOf={({ id }) => id} />
      <Confirm
        title="Revoke this key?"
        isOpen={revoked !== undefined}
        onClose={() => setRevoked(undefined)}
        action="Revoke it"
        isDangerous
        isBusy={revoke.isPending}
        onConfirm={onConfirm}
      >
        <p>
          {revoked?.label ?? revoked?.prefix} stops working within five seconds, with what it has under way. This can't be undone; a new key
          can be made.
        </p>
        {revoked?.id === who.key.id && <Notice look="warn">You have signed in with this key: you will be signed out.</Notice>}
        {revoke.error && <Failure error={revoke.error} />}
        {revoked && <AsCode call={{ operation: 'revokeKey', params: { keyId: revoked.id } }} />}
      </Confirm>
    </>
  );
}

interface NewKeyProps {
  readonly organisation: string | undefined;
  readonly names: ReadonlyMap<string, string>;
}

function NewKey({ organisation, names }: NewKeyProps) {
  const { who } = useSession();
  const [owner, setOwner] = useState(organisation ?? who.organisation.id);
  const [role, setRole] = useState<Role>('bidder');
  const [label, setLabel] = useState('');
  const [scopes, setScopes] = useState<readonly string[]>([]);
  const [made, setMade] = useState<AnswerOf<'createKey'>>();
  const create = useChange('createKey', ['listKeys']);
  const body = { role, ...(label.trim() && { label: label.trim() }), ...(scopes.length > 0 && { scopes }) } as BodyOf<'createKey'>;
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    create.mutate({ params: { organisationId: owner }, body }, { onSuccess: setMade });
  };
  const faults = faultsOf(create.error);
  return (
    <Panel title="New key">
      {create.error && faults.label === undefined && <Failure error={create.error} />}
      <form className="form" onSubmit={onSubmit}>
        <div className="fields">
          <Chooser label="For" value={owner} choices={[...names].map(([id, name]) => ({ id, name }))} onChange={setOwner} />
          <Chooser label="Role" value={role} choices={ROLES} onChange={setRole} />
          <Field label="Label" value={label} onChange={setLabel} fault={faults.label} help="What it is for" />
        </div>
        <ScopeChoice value={scopes} onChange={setScopes} />
        <div className="form-actions">
          <Button type="submit" look="primary" isDisabled={create.isPending}>
            Make the key
          </Button>
        </div>
      </form>
      <AsCode call={{ operation: 'createKey', params: { organisationId: owner }, body }} />
      {made && <Reveal made={made} onClose={() => setMade(undefined)} />}
    </Panel>
  );
}

function Reveal({ made, onClose }: { readonly made: AnswerOf<'createKey'>; readonly onClose: () => void }) {
  const [isCopied, setCopied] = useState(false);
  const copy = (): void =>
    void navigator.clipboard.writeText(made.key).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  return (
    <Dialog title="The new key" isOpen onClose={onClose}>
      <Notice look="warn">It is shown now and never again. Copy it to where it will be used.</Notice>
      <pre className="revealed" tabIndex={0} aria-label="The key">
        {made.key}
      </pre>
      <div className="form-actions">
        <Button look="primary" onPress={copy}>
          {isCopied ? <Check size={15} aria-hidden /> : <Copy size={15} aria-hidden />}
          {isCopied ? 'Copied' : 'Copy'}
        </Button>
        <Button onPress={onClose}>I have it</Button>
      </div>
    </Dialog>
  );
}
