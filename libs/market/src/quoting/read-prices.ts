import { pricesOf } from '#mechanism';
import { invariant } from '#units';
import { type MarketState, openSlots } from '../book/index.js';
import { type Busy, BUSY } from '../thinking/busy.js';
import type { FairQueue } from '../thinking/fair-queue.js';
import type { BookSource } from './ports.js';

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
  | Busy
  | {
      readonly kind: 'prices';
      readonly priceVersion: bigint;
      readonly resources: readonly string[];
      /** Site ids by ordinal. */
      readonly siteIds: readonly string[];
      /** Prices in micro-credits per unit and slot (per MB for bandwidth); cells as in `slot_usage`. */
      readonly slots: readonly { readonly slot: number; readonly cells: readonly bigint[] }[];
      /** The first slot that was wanted and is not among them; null where all are. */
      readonly nextSlot: number | null;
    };

export interface PricesLimits {
  /** The most slots of an answer. */
  readonly slots: number;
  /** The most prices of an answer, beside those of its first slot. */
  readonly cells: number;
}

/**
 * Posted prices: what the next bid would pay per unit. Only what is answered is read and computed, however large the market is, and one answer
 * after the other: there is room for others in between.
 */
export class ReadPrices {
  constructor(
    private readonly source: Pick<BookSource, 'findVisible' | 'loadSlots'>,
    private readonly limits: PricesLimits,
    private readonly loop: FairQueue,
  ) {
    invariant(limits.slots >= 1, 'an answer may have a slot');
  }

  async run({ marketId, organisationId, from, to }: PricesRequest): Promise<PricesOutcome> {
    const seen = await this.source.findVisible(marketId, organisationId);
    if (!seen) return { kind: 'market_unknown' };
    const first = Math.max(from ?? 0, seen.head.slot);
    const wanted = Math.min(to ?? Infinity, seen.head.slot + seen.horizonSlots - 1);
    const last = Math.min(wanted, first + this.slotsOf(seen.cells / seen.horizonSlots) - 1);
    const state = await this.source.loadSlots(marketId, first, last);
    if (!state) return { kind: 'market_unknown' };
    const turn = this.loop.run({ tenantId: seen.operatorId, organisationId }, () =>
      Promise.resolve(pricesIn(state, { first, last, wanted })),
    );
    return typeof turn === 'string' ? BUSY[turn] : turn;
  }

  /** How many slots an answer may have. */
  private slotsOf(cellsPerSlot: number): number {
    return Math.min(this.limits.slots, Math.max(1, Math.floor(this.limits.cells / cellsPerSlot)));
  }
}

/** A window that has moved on meanwhile has lost its first slots. */
function pricesIn(state: MarketState, { first, last, wanted }: { first: number; last: number; wanted: number }): PricesOutcome {
  const begin = Math.max(first, state.head.slot);
  const count = Math.max(0, last - begin + 1);
  const book = openSlots(state, begin, count);
  const slots = Array.from({ length: count }, (_, index) => ({ slot: begin + index, cells: pricesOf(book, begin + index) }));
  const { priceVersion, resources, sites } = state;
  return { kind: 'prices', priceVersion, resources, siteIds: sites.map(({ id }) => id), slots, nextSlot: last < wanted ? last + 1 : null };
}
