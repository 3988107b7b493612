import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { RefreshCw } from 'lucide-react';
import { useCallback, useMemo, useState } from 'react';
import type { ItemOf } from '#sdk';
import { useAll, usePages } from '../app/api.js';
import { useMarket } from '../app/market.js';
import { useIsBidder } from '../app/session.js';
import { inWords, moment } from '../model/words.js';
import { Amount } from '../parts/amount.js';
import { AsCode } from '../parts/as-code.js';
import { Badge } from '../parts/badge.js';
import { Button } from '../parts/button.js';
import { Chooser, Field } from '../parts/fields.js';
import { LongList } from '../parts/long-list.js';
import { PageHead } from '../parts/page.js';
import { Panel } from '../parts/panel.js';
import { Empty, Failure, Loading, Stale } from '../parts/states.js';
import type { Column } from '../parts/table.js';

type Bid = ItemOf<'listBids'>;

/** Rows that are asked for at once. */
const PAGE_ROWS = 200;
const STATES = [
  { id: '', name: 'Any state' },
  { id: 'queued', name: 'Queued' },
  { id: 'accepted', name: 'Accepted' },
  { id: 'refused', name: 'Refused' },
] as const;

/** The bids of the market, as many as there are. */
export function BidsPage() {
  const market = useMarket();
  const isBidder = useIsBidder();
  const search = useSearch({ from: '/markets/$marketId/bids' });
  const navigate = useNavigate({ from: '/markets/$marketId/bids' });
  const change = (next: object): void => void navigate({ search: (before) => ({ ...before, ...next }), replace: true });
  const [label, setLabel] = useState(search.label ?? '');
  const params = { marketId: market.id };
  return (
    <>
      <PageHead title={isBidder ? 'My bids' : 'Bids'} note="Further ones come while you scroll." />
      <form
        className="toolbar"
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          change({ label: label.trim() === '' ? undefined : label.trim() });
        }}
      >
        <Chooser
          label="State"
          value={search.status ?? ''}
          choices={STATES}
          onChange={(id) => change({ status: id === '' ? undefined : id })}
        />
        <Field label="Label" type="search" value={label} onChange={setLabel} maxLength={100} />
        <Button type="submit">Filter</Button>
      </form>
      <BidList query={search} />
      <AsCode call={{ operation: 'listBids', params, query: search }} />
    </>
  );
}

function BidList({ query }: { readonly query: { readonly status?: Bid['status']; readonly label?: string } }) {
  const market = useMarket();
  const asked = usePages('listBids', { params: { marketId: market.id }, query }, { limit: PAGE_ROWS });
  const rows = useMemo(() => asked.data?.pages.flatMap(({ items }) => items) ?? [], [asked.data]);
  const columns = useColumns();
  const { fetchNextPage, refetch } = asked;
  const onMore = useCallback(() => void fetchNextPage(), [fetchNextPage]);
  const again = (
    <Button isSmall onPress={() => void refetch()} isDisabled={asked.isFetching}>
      <RefreshCw size={14} aria-hidden />
      Look again
    </Button>
  );
  return (
    <Panel title={`${rows.length.toLocaleString('en-US')}${asked.hasNextPage ? '+' : ''} bids`} isFlush tools={again}>
      {asked.error &&
        (asked.data ? (
          <Stale error={asked.error} sinceMs={asked.dataUpdatedAt} onAgain={() => void refetch()} />
        ) : (
          <Failure error={asked.error} onAgain={() => void refetch()} />
        ))}
      {!asked.data && !asked.error && <Loading what="bids" />}
      {asked.data && rows.length === 0 && (
        <Empty title="No bid is like that">
          <p>{(query.status ?? query.label) ? 'Try another state or label.' : 'Bids appear here once they are placed.'}</p>
        </Empty>
      )}
      {rows.length > 0 && (
        <LongList
          label="Bids"
          columns={columns}
          widths="110px minmax(140px, 1.4fr) minmax(120px, 1fr) 120px 90px 130px 130px minmax(170px, 1.2fr) 170px"
          rows={rows}
          idOf={({ id }) => id}
          hasMore={asked.hasNextPage}
          isFetching={asked.isFetchingNextPage}
          onMore={onMore}
        />
      )}
    </Panel>
  );
}

function useColumns(): readonly Column<Bid>[] {
  const isBidder = useIsBidder();
  const organisations = useAll('listOrganisations', {}, { isAsked: !isBidder });
  return useMemo(() => columnsFor(new Map(organisations.data?.map(({ id, name }) => [id, name]))), [organisations.data]);
}

const columnsFor = (names: ReadonlyMap<string, string>): readonly Column<Bid>[] => [
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
