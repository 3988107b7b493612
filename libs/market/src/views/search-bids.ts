import { invariant } from '#units';
import type { Viewer } from '../reading/ports.js';
import type {
  BidGrouping,
  BidGroupRecord,
  BidPlace,
  BidSearch,
  BidSearcher,
  FoundBid,
  Series,
  SeriesRange,
  SeriesReader,
} from './ports.js';

/** Who looks for which bids. */
export interface SearchBidsRequest extends BidSearch {
  readonly viewer: Viewer;
  readonly marketId: bigint;
}

/** Who counts which bids. */
export interface GroupBidsRequest extends BidGrouping {
  readonly viewer: Viewer;
  readonly marketId: bigint;
}

/** A page of bids that were found. */
export type SearchOutcome =
  | { readonly kind: 'market_unknown' }
  | {
      readonly kind: 'page';
      readonly found: readonly FoundBid[];
      /** Where to go on; null on the last page. */
      readonly next: BidPlace | null;
    };

/** A page of groups. */
export type GroupsOutcome =
  | { readonly kind: 'market_unknown' }
  | { readonly kind: 'page'; readonly groups: readonly BidGroupRecord[]; readonly nextKey: string | null };

/** Finds bids and counts them, as far as the viewer may see them: exactly those that there are at that moment. */
export class SearchBids {
  constructor(private readonly searcher: BidSearcher) {}

  async search({ viewer, marketId, ...search }: SearchBidsRequest): Promise<SearchOutcome> {
    invariant(search.limit >= 1, 'a page has room for a bid');
    const rows = await this.searcher.search(viewer, marketId, { ...search, limit: search.limit + 1 });
    if (!rows) return { kind: 'market_unknown' };
    const found = rows.slice(0, search.limit);
    const last = found.at(-1);
    return { kind: 'page', found, next: rows.length > search.limit && last ? { key: last.key, bidId: last.bid.bidId } : null };
  }

  async group({ viewer, marketId, ...grouping }: GroupBidsRequest): Promise<GroupsOutcome> {
    invariant(grouping.limit >= 1, 'a page has room for a group');
    const rows = await this.searcher.group(viewer, marketId, { ...grouping, limit: grouping.limit + 1 });
    if (!rows) return { kind: 'market_unknown' };
    const groups = rows.slice(0, grouping.limit);
    return { kind: 'page', groups, nextKey: rows.length > grouping.limit ? (groups.at(-1)?.key ?? null) : null };
  }
}

/** A series, where the viewer sees the market. */
export type SeriesOutcome = { readonly kind: 'market_unknown' } | ({ readonly kind: 'series' } & Series);

/** Who reads which series. */
export interface SeriesRequest extends SeriesRange {
  readonly viewer: Viewer;
  readonly marketId: bigint;
}

/** What happened in a market over time or slots, in buckets. */
export class ReadSeries {
  constructor(private readonly reader: SeriesReader) {}

  async run({ viewer, marketId, ...range }: SeriesRequest): Promise<SeriesOutcome> {
    invariant(range.per >= 1 && range.to > range.from, 'a series has a bucket');
    const series = await this.reader.read(viewer, marketId, range);
    return series ? { kind: 'series', ...series } : { kind: 'market_unknown' };
  }
}
