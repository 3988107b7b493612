import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { ItemOf } from '#sdk';
import { useAll } from '../app/api.js';
import { useIsBidder } from '../app/session.js';
import { inWords, moment } from '../model/words.js';
import { Amount } from '../parts/amount.js';
import { Badge } from '../parts/badge.js';
import type { Column } from '../parts/table.js';

type Bid = ItemOf<'listBids'>;
/** Names of organisations by their ids. */
export type Names = ReadonlyMap<string, string>;

/** Names of the organisations that the reader may see: a bidder sees its own, which is in every row. */
export function useOrganisationNames(): Names {
  const isBidder = useIsBidder();
  const organisations = useAll('listOrganisations', {}, { isAsked: !isBidder });
  return useMemo(() => new Map(organisations.data?.map(({ id, name }) => [id, name])), [organisations.data]);
}

/** The columns of a list of bids. */
export const useBidColumns = (names: Names): readonly Column<Bid>[] => useMemo(() => columnsFor(names), [names]);

const columnsFor = (names: Names): readonly Column<Bid>[] => [
  {
    name: 'Bid',
    cell: ({ id, marketId }) => (
      <Link to="/markets/$marketId/bids/$bidId" params={{ marketId, bidId: id }}>
        {id}
      </Link>
    ),
  },
  { name: 'Label', cell: ({ label }) => <span>{label ?? '–'}</span> },
  { name: 'Organisation', cell: ({ organisationId }) => <span>{names.get(organisationId) ?? organisationId}</span> },
  { name: 'State', cell: ({ status }) => <Badge state={status} /> },
  { name: 'Slot', isNumber: true, cell: ({ decision }) => decision?.completion ?? '–' },
  { name: 'Value', isNumber: true, cell: ({ decision }) => <Amount of={decision?.value} isColumn /> },
  {
    name: 'Pays',
    isNumber: true,
    cell: ({ decision, status }) => (status === 'accepted' ? <Amount of={decision?.payment} isColumn /> : '–'),
  },
  { name: 'Reason', cell: ({ decision }) => <span>{decision?.reason ? inWords(decision.reason.code) : '–'}</span> },
  { name: 'Received', cell: ({ receivedAt }) => <span>{moment(receivedAt)}</span> },
];
