import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import type { ItemOf } from '#sdk';
import { usePages } from '../app/api.js';
import { useMarket } from '../app/market.js';
import { ALLOCATION_STATES, type AllocationsSearch } from '../app/search.js';
import { useIsBidder } from '../app/session.js';
import { inWords, titled } from '../model/words.js';
import { Amount } from '../parts/amount.js';
import { AsCode } from '../parts/as-code.js';
import { Badge } from '../parts/badge.js';
import { Chooser } from '../parts/fields.js';
import { LongList } from '../parts/long-list.js';
import { PageHead } from '../parts/page.js';
import { Panel } from '../parts/panel.js';
import { Empty, Failure, Loading, Stale } from '../parts/states.js';
import type { Column } from '../parts/table.js';
import { type Names, useOrganisationNames } from './bid-columns.js';

type Allocation = ItemOf<'listAllocations'>;

/** Rows that are asked for at once. */
const PAGE_ROWS = 200;

const STATES = [{ id: 'any', name: 'In any state' }, ...ALLOCATION_STATES.map((id) => ({ id, name: titled(id) }))] as const;

/** What was sold in the market, and what becomes of it. */
export function AllocationsPage() {
  const market = useMarket();
  const isBidder = useIsBidder();
  const { state } = useSearch({ from: '/markets/$marketId/allocations' });
  const navigate = useNavigate({ from: '/markets/$marketId/allocations' });
  const query = useMemo(() => ({ marketId: market.id, ...(state && { state }) }), [market.id, state]);
  const change = (chosen: string): void =>
    void navigate({ search: (chosen === 'any' ? {} : { state: chosen }) as AllocationsSearch, replace: true });
  return (
    <>
      <PageHead
        title={isBidder ? 'My allocations' : 'Allocations'}
        note="What was sold, and what became of it: run, repaired, given back."
      />
      <Chooser label="State" value={state ?? 'any'} choices={STATES} onChange={change} />
      <AllocationList query={query} />
      <AsCode call={{ operation: 'listAllocations', query }} />
    </>
  );
}

function AllocationList({ query }: { readonly query: { readonly marketId: string; readonly state?: Allocation['state'] } }) {
  const asked = usePages('listAllocations', { query }, { limit: PAGE_ROWS });
  const rows = useMemo(() => asked.data?.pages.flatMap(({ items }) => items) ?? [], [asked.data]);
  const names = useOrganisationNames();
  const columns = useMemo(() => columnsFor(names), [names]);
  const { fetchNextPage, refetch } = asked;
  const onMore = useCallback(() => void fetchNextPage(), [fetchNextPage]);
  const again = (): void => void refetch();
  return (
    <Panel title={`${rows.length.toLocaleString('en-US')}${asked.hasNextPage ? '+' : ''} allocations`} isFlush>
      {asked.error && !asked.data && <Failure error={asked.error} onAgain={again} />}
      {asked.error && asked.data && <Stale error={asked.error} sinceMs={asked.dataUpdatedAt} onAgain={again} />}
      {!asked.data && !asked.error && <Loading what="allocations" />}
      {asked.data && rows.length === 0 && (
        <Empty title="No allocation is like that">
          <p>{query.state ? 'Choose another state.' : 'They appear here once bids are accepted.'}</p>
        </Empty>
      )}
      {rows.length > 0 && (
        <LongList
          label="Allocations"
          columns={columns}
          widths="96px minmax(140px, 1.2fr) minmax(130px, 1fr) 140px 110px minmax(180px, 1fr) 150px 150px"
          rows={rows}
          idOf={({ bidId }) => bidId}
          hasMore={asked.hasNextPage}
          isFetching={asked.isFetchingNextPage}
          onMore={onMore}
        />
      )}
    </Panel>
  );
}

const columnsFor = (names: Names): readonly Column<Allocation>[] => [
  {
    name: 'Bid',
    cell: ({ bidId, marketId }) => (
      <Link to="/markets/$marketId/bids/$bidId" params={{ marketId, bidId }}>
        {bidId}
      </Link>
    ),
  },
  { name: 'Label', cell: ({ label }) => <span>{label ?? '–'}</span> },
  { name: 'Organisation', cell: ({ organisationId }) => <span>{names.get(organisationId) ?? organisationId}</span> },
  { name: 'State', cell: ({ state }) => <Badge state={state} /> },
  { name: 'Slots', isNumber: true, cell: ({ firstSlot, completion }) => `${firstSlot}–${completion}` },
  { name: 'Of them', cell: ({ slots }) => <span>{slotsInWords(slots)}</span> },
  { name: 'Paid', isNumber: true, cell: ({ payment }) => <Amount of={payment} isColumn /> },
  { name: 'Came back', isNumber: true, cell: ({ returned }) => <Amount of={returned} isColumn /> },
];

const slotsInWords = (slots: Allocation['slots']): string =>
  Object.entries(slots)
    .filter(([, count]) => count > 0)
    .map(([state, count]) => `${count} ${inWords(state)}`)
    .join(', ') || '–';
