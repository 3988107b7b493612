import { useNavigate, useSearch } from '@tanstack/react-router';
import { RefreshCw } from 'lucide-react';
import { useCallback, useMemo } from 'react';
import { usePages } from '../app/api.js';
import { useMarket } from '../app/market.js';
import { type BidQuery, bidQueryOf, type BidsSearch } from '../app/search.js';
import { useIsBidder } from '../app/session.js';
import { AsCode } from '../parts/as-code.js';
import { Button } from '../parts/button.js';
import { LongList } from '../parts/long-list.js';
import { PageHead } from '../parts/page.js';
import { Panel } from '../parts/panel.js';
import { Empty, Failure, Loading, Stale } from '../parts/states.js';
import { useBidColumns, useOrganisationNames } from './bid-columns.js';
import { BidFilters } from './bid-filters.js';
import { BidGroups } from './bid-groups.js';

/** Rows that are asked for at once. */
const PAGE_ROWS = 200;

/** The bids of the market, as many as there are: filtered, sorted and grouped by the server. */
export function BidsPage() {
  const market = useMarket();
  const isBidder = useIsBidder();
  const search = useSearch({ from: '/markets/$marketId/bids' });
  const navigate = useNavigate({ from: '/markets/$marketId/bids' });
  const change = (next: Partial<Record<keyof BidsSearch, unknown>>): void =>
    void navigate({ search: (before) => ({ ...before, ...next }) as BidsSearch, replace: true });
  const query = useMemo(() => bidQueryOf(search), [search]);
  return (
    <>
      <PageHead title={isBidder ? 'My bids' : 'Bids'} note="Further ones come while you scroll." />
      <BidFilters search={search} onChange={change} />
      {search.group && <BidGroups query={query} by={search.group} onChange={change} />}
      <BidList query={query} />
      <AsCode call={{ operation: 'searchBids', params: { marketId: market.id }, query }} />
    </>
  );
}

function BidList({ query }: { readonly query: BidQuery }) {
  const market = useMarket();
  const asked = usePages('searchBids', { params: { marketId: market.id }, query }, { limit: PAGE_ROWS });
  const rows = useMemo(() => asked.data?.pages.flatMap(({ items }) => items) ?? [], [asked.data]);
  const columns = useBidColumns(useOrganisationNames());
  const { fetchNextPage, refetch } = asked;
  const onMore = useCallback(() => void fetchNextPage(), [fetchNextPage]);
  const again = (): void => void refetch();
  const tools = (
    <Button isSmall onPress={again} isDisabled={asked.isFetching}>
      <RefreshCw size={14} aria-hidden />
      Look again
    </Button>
  );
  return (
    <Panel title={`${rows.length.toLocaleString('en-US')}${asked.hasNextPage ? '+' : ''} bids`} isFlush tools={tools}>
      {asked.error && !asked.data && <Failure error={asked.error} onAgain={again} />}
      {asked.error && asked.data && <Stale error={asked.error} sinceMs={asked.dataUpdatedAt} onAgain={again} />}
      {!asked.data && !asked.error && <Loading what="bids" />}
      {asked.data && rows.length === 0 && (
        <Empty title="No bid is like that">
          <p>{Object.keys(query).length > 0 ? 'Take a filter away.' : 'Bids appear here once they are placed.'}</p>
        </Empty>
      )}
      {rows.length > 0 && (
        <LongList
          label="Bids"
          columns={columns}
          widths="96px minmax(140px, 1.3fr) minmax(130px, 1fr) 124px 80px 150px 150px minmax(180px, 1.2fr) 190px"
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
