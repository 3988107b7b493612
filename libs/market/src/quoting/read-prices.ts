import { type Book, somePricesOf } from '#mechanism';
import { invariant } from '#units';
import { type MarketState, openSlots } from '../book/index.js';
import { type Busy, BUSY, busyWhereLate } from '../thinking/busy.js';
import type { FairQueue } from '../thinking/fair-queue.js';
import type { BookSource } from './ports.js';

/** Whose prices are asked for, and of which slots. */
export interface PricesRequest {
  readonly marketId: bigint;
  /** Who asks. */
  readonly organisationId: bigint;
  /** The operator's family that it belongs to; itself where nothing is said. */
  readonly tenantId?: bigint;
  /** Whether nobody waits for the answer any more. */
  readonly isGone?: () => boolean;
  /** First and last slot wanted, both included; cut to the window. Left out: the whole window. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** Prices of a slot in micro-credits per unit and slot (per MB for bandwidth); cells as in `slot_usage`. */
export interface SlotPrices {
  readonly slot: number;
  readonly cells: readonly bigint[];
  readonly resources: readonly string[];
  /** Site ids by ordinal. */
  readonly siteIds: readonly string[];
}

/** How a slot's prices are shown: that is work too, and done as they are computed. */
export type ShowSlot<Shown> = (prices: SlotPrices) => Shown;

/** Posted prices, or why there are none. */
export type PricesOutcome<Shown> =
  | { readonly kind: 'market_unknown' }
  | Busy
  | {
      readonly kind: 'prices';
      readonly priceVersion: bigint;
      readonly slots: readonly Shown[];
      /** The first slot that was wanted and is not among them; null where all are. */
      readonly nextSlot: number | null;
    };

/** How much one answer may hold. */
export interface PricesLimits {
  /** The most slots of an answer. */
  readonly slots: number;
  /** The most prices of an answer, beside those of its first slot. */
  readonly cells: number;
}

/** When answers are made: whose turn it is, before anything is read for them, and with a pause whenever so many prices were computed. */
export interface PricesPace {
  readonly loop: FairQueue;
  readonly cellsAtOnce: number;
  readonly pause: () => Promise<unknown>;
}

/**
 * Posted prices: what the next bid would pay per unit. Only what is answered is read and computed, however large the market is, a few answers at a
 * time, by turns, and each a part at a time: there is room for others in between.
 */
export class ReadPrices {
  constructor(
    private readonly source: Pick<BookSource, 'findVisible' | 'loadSlots'>,
    private readonly limits: PricesLimits,
    private readonly pace: PricesPace,
  ) {
    invariant(limits.slots >= 1, 'an answer may have a slot');
  }

  async run<Shown>(request: PricesRequest, show: ShowSlot<Shown>): Promise<PricesOutcome<Shown>> {
    const { organisationId, tenantId = organisationId, isGone } = request;
    const turn = this.pace.loop.run({ tenantId, organisationId, ...(isGone && { isGone }) }, () => this.read(request, show));
    return typeof turn === 'string' ? BUSY[turn] : turn.catch(busyWhereLate);
  }

  private async read<Shown>({ marketId, organisationId, from, to }: PricesRequest, show: ShowSlot<Shown>): Promise<PricesOutcome<Shown>> {
    const seen = await this.source.findVisible(marketId, organisationId);
    if (!seen) return { kind: 'market_unknown' };
    const first = Math.max(from ?? 0, seen.head.slot);
    const wanted = Math.min(to ?? Infinity, seen.head.slot + seen.horizonSlots - 1);
    const last = Math.min(wanted, first + this.slotsOf(seen.cells / seen.horizonSlots) - 1);
    const state = await this.source.loadSlots(marketId, first, last);
    if (!state) return { kind: 'market_unknown' };
    return this.pricesIn(state, { first, last, wanted }, show);
  }

  /** How many slots an answer may have. */
  private slotsOf(cellsPerSlot: number): number {
    return Math.min(this.limits.slots, Math.max(1, Math.floor(this.limits.cells / cellsPerSlot)));
  }

  /** A window that has moved on meanwhile has lost its first slots. */
  private async pricesIn<Shown>(
    state: MarketState,
    { first, last, wanted }: { first: number; last: number; wanted: number },
    show: ShowSlot<Shown>,
  ): Promise<PricesOutcome<Shown>> {
    const begin = Math.max(first, state.head.slot);
    const book = openSlots(state, begin, Math.max(0, last - begin + 1));
    const { priceVersion, resources, sites } = state;
    const siteIds = sites.map(({ id }) => id);
    const slots: Shown[] = [];
    const rest = this.rests();
    for (let slot = begin; slot <= last; slot++)
      slots.push(show({ slot, cells: await this.cellsOf(book, slot, rest), resources, siteIds }));
    return { kind: 'prices', priceVersion, slots, nextSlot: last < wanted ? last + 1 : null };
  }

  private async cellsOf(book: Book, slot: number, rest: (cells: number) => Promise<void>): Promise<bigint[]> {
    const cells: bigint[] = [];
    while (cells.length < book.stride) {
      const some = somePricesOf(book, slot, cells.length, this.pace.cellsAtOnce);
      cells.push(...some);
      await rest(some.length);
    }
    return cells;
  }

  /** Counts prices, and pauses whenever there were as many as are computed at once. */
  private rests(): (cells: number) => Promise<void> {
    const { cellsAtOnce, pause } = this.pace;
    let since = 0;
    return async (cells) => {
      since += cells;
      if (since < cellsAtOnce) return;
      since = 0;
      await pause();
    };
  }
}
