import type { ItemOf } from '#sdk';
import { useAnswer } from '../app/api.js';
import { useMarket } from '../app/market.js';
import type { BidQuery, BidsSearch } from '../app/search.js';
import { count, titled } from '../model/words.js';
import { Amount } from '../parts/amount.js';
import { Button } from '../parts/button.js';
import { Panel } from '../parts/panel.js';
import { Shown } from '../parts/states.js';
import { type Column, Table } from '../parts/table.js';
import { useOrganisationNames } from './bid-columns.js';

type Group = ItemOf<'groupBids'>;
type By = NonNullable<BidsSearch['group']>;

interface BidGroupsProps {
  readonly query: BidQuery;
  readonly by: By;
  readonly onChange: (next: Partial<Record<keyof BidsSearch, unknown>>) => void;
}

const GROUPS_SHOWN = 100;

/** How many bids have something in common, and what they are worth; one of them may be looked into. */
export function BidGroups({ query, by, onChange }: BidGroupsProps) {
  const market = useMarket();
  const names = useOrganisationNames();
  const { sort: _, order: __, ...filter } = query;
  const asked = useAnswer('groupBids', { params: { marketId: market.id }, query: { ...filter, by, limit: GROUPS_SHOWN } });
  const nameOf = ({ key }: Group): string =>
    key === null ? 'None' : by === 'organisation' ? (names.get(key) ?? key) : by === 'label' ? key : titled(key);
  const columns: readonly Column<Group>[] = [
    { name: titled(by), cell: nameOf },
    { name: 'Bids', isNumber: true, cell: (group) => count(group.count) },
    { name: 'Worth', isNumber: true, cell: ({ value }) => <Amount of={value} isColumn /> },
    { name: 'Pay', isNumber: true, cell: ({ payment }) => <Amount of={payment} isColumn /> },
    {
      name: 'Look into',
      cell: (group) =>
        group.key === null ? (
          '–'
        ) : (
          <Button
            isSmall
            onPress={() => onChange({ [by]: by === 'organisation' ? Number(group.key) : group.key, group: undefined })}
            aria-label={`Only these: ${nameOf(group)}`}
          >
            Only these
          </Button>
        ),
    },
  ];
  return (
    <Panel title={`By ${by}`} isFlush>
      <Shown of={asked} what="groups">
        {({ items }) => <Table label="Groups" columns={columns} rows={items} idOf={({ key }) => String(key)} />}
      </Shown>
    </Panel>
  );
}
