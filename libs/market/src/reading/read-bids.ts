import { invariant, lastOf } from '#units';
import type { BidFilter, BidReader, BidRecord, Viewer } from './ports.js';

/** A bid, where the viewer may see it. */
export type BidOutcome = { readonly kind: 'not_found' } | { readonly kind: 'found'; readonly bid: BidRecord };
/** A page of bids, where the viewer sees their market. */
export type BidsOutcome =
  | { readonly kind: 'market_unknown' }
  | {
      readonly kind: 'page';
      readonly bids: readonly BidRecord[];
      /** The id to go on after; null on the last page. */ readonly nextId: bigint | null;
    };

/** Who lists which bids. */
export interface ListBidsRequest extends BidFilter {
  readonly viewer: Viewer;
  readonly marketId: bigint;
}

/** Bids and their decisions, as far as the viewer may see them. */
export class ReadBids {
  constructor(private readonly reader: BidReader) {}

  async find(viewer: Viewer, bidId: bigint): Promise<BidOutcome> {
    const bid = await this.reader.find(viewer, bidId);
    return bid ? { kind: 'found', bid } : { kind: 'not_found' };
  }

  /** A page in the order of the ids. Every bid that was there when the walk began is met exactly once. */
  async list({ viewer, marketId, ...filter }: ListBidsRequest): Promise<BidsOutcome> {
    invariant(filter.limit >= 1, 'a page has room for a bid');
    const found = await this.reader.list(viewer, marketId, { ...filter, limit: filter.limit + 1 });
    if (!found) return { kind: 'market_unknown' };
    const bids = found.slice(0, filter.limit);
    return { kind: 'page', bids, nextId: found.length > filter.limit ? lastOf(bids).bidId : null };
  }
}
