import { pricesOf } from '#mechanism';
import type { BookReader } from './book-reader.js';

export interface PricesRequest {
  readonly marketId: bigint;
  /** Who asks. */
  readonly organisationId: bigint;
  /** First and last slot wanted, both included; cut to the window. Left out: the whole window. */
  readonly from?: number;
  readonly to?: number;
}

export type PricesOutcome =
  | { readonly kind: 'market_unknown' }
  | {
      readonly kind: 'prices';
      readonly priceVersion: bigint;
      readonly resources: readonly string[];
      /** Site ids by ordinal. */
      readonly siteIds: readonly string[];
      /** Prices in micro-credits per unit and slot (per MB for bandwidth); cells as in `slot_usage`. */
      readonly slots: readonly { readonly slot: number; readonly cells: readonly bigint[] }[];
    };

/** Posted prices: what the next bid would pay per unit. */
export class ReadPrices {
  constructor(private readonly books: BookReader) {}

  async run({ marketId, organisationId, from, to }: PricesRequest): Promise<PricesOutcome> {
    const open = await this.books.read(marketId, organisationId);
    if (!open) return { kind: 'market_unknown' };
    const { state, book } = open;
    const first = Math.max(from ?? 0, state.head.slot);
    const last = Math.min(to ?? Infinity, state.head.slot + state.horizonSlots - 1);
    const slots = [];
    for (let slot = first; slot <= last; slot++) slots.push({ slot, cells: pricesOf(book, slot) });
    return {
      kind: 'prices',
      priceVersion: state.priceVersion,
      resources: state.resources,
      siteIds: state.sites.map((site) => site.id),
      slots,
    };
  }
}
