import { type FormEvent, useState } from 'react';
import type { BidsSearch } from '../app/search.js';
import { useIsBidder } from '../app/session.js';
import { titled } from '../model/words.js';
import { Button } from '../parts/button.js';
import { Chooser, Field } from '../parts/fields.js';
import { useOrganisationNames } from './bid-columns.js';

interface BidFiltersProps {
  readonly search: BidsSearch;
  readonly onChange: (next: Partial<Record<keyof BidsSearch, unknown>>) => void;
}

const ANY = { id: '', name: 'Any' } as const;
const STATES = [ANY, { id: 'queued', name: 'Queued' }, { id: 'accepted', name: 'Accepted' }, { id: 'refused', name: 'Refused' }] as const;
const REASONS = [
  ANY,
  ...[
    'price_above_value',
    'no_feasible_schedule',
    'insufficient_funds',
    'budget_exhausted',
    'beyond_horizon',
    'no_data',
    'market_closed',
  ].map((id) => ({
    id,
    name: titled(id),
  })),
];
const SORTS = [
  { id: 'placed', name: 'Placed' },
  { id: 'decided', name: 'Decided' },
  { id: 'value', name: 'Value' },
  { id: 'payment', name: 'Payment' },
] as const;
const ORDERS = [
  { id: 'descending', name: 'Descending' },
  { id: 'ascending', name: 'Ascending' },
] as const;
const GROUPS = [
  { id: '', name: 'Not at all' },
  { id: 'status', name: 'State' },
  { id: 'reason', name: 'Reason' },
  { id: 'label', name: 'Label' },
  { id: 'organisation', name: 'Organisation' },
] as const;

const orNothing = (text: string): string | undefined => (text.trim() === '' ? undefined : text.trim());

/** What the list of bids is narrowed to, sorted and grouped by. */
export function BidFilters({ search, onChange }: BidFiltersProps) {
  const [label, setLabel] = useState(search.label ?? '');
  const isBidder = useIsBidder();
  const names = useOrganisationNames();
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    onChange({ label: orNothing(label) });
  };
  const organisations = [ANY, ...[...names].map(([id, name]) => ({ id, name }))];
  return (
    <form className="toolbar" role="search" aria-label="Bids" onSubmit={onSubmit}>
      <Chooser label="State" value={search.status ?? ''} choices={STATES} onChange={(id) => onChange({ status: orNothing(id) })} />
      <Chooser label="Reason" value={search.reason ?? ''} choices={REASONS} onChange={(id) => onChange({ reason: orNothing(id) })} />
      {!isBidder && (
        <Chooser
          label="Organisation"
          value={search.organisation === undefined ? '' : String(search.organisation)}
          choices={organisations}
          onChange={(id) => onChange({ organisation: id === '' ? undefined : Number(id) })}
        />
      )}
      <Chooser label="Sort by" value={search.sort ?? 'placed'} choices={SORTS} onChange={(id) => onChange({ sort: id })} />
      <Chooser label="Order" value={search.order ?? 'descending'} choices={ORDERS} onChange={(id) => onChange({ order: id })} />
      <Chooser label="Group by" value={search.group ?? ''} choices={GROUPS} onChange={(id) => onChange({ group: orNothing(id) })} />
      <Field label="Label begins with" type="search" value={label} onChange={setLabel} maxLength={100} />
      <Button type="submit">Filter</Button>
    </form>
  );
}
