import { BANDWIDTH_CELL, type Book, capacityOf, firstCellOf, somePricesOf, usageOf } from '#mechanism';
import { at, invariant } from '#units';
import { type MarketState, openSlots } from '../book/index.js';
import type { BookSource } from '../quoting/ports.js';
import type { PricesPace } from '../quoting/read-prices.js';
import { type Busy, BUSY, busyWhereLate } from '../thinking/busy.js';
import type { History } from './history.js';

/** Whose book is asked for, as of when, and which part of it. */
export interface BookRequest {
  readonly marketId: bigint;
  /** Who asks. */
  readonly organisationId: bigint;
  /** The operator's family that it belongs to; itself where nothing is said. */
  readonly tenantId?: bigint;
  /** Whether nobody waits for the answer any more. */
  readonly isGone?: () => boolean;
  /** After which entry of the log; as it is now where nothing is said. */
  readonly at?: bigint | undefined;
  /** First and last slot wanted, both included; cut to the window of that moment. Left out: the whole window. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** One resource, or bandwidth; all where nothing is said. */
  readonly resource?: string | undefined;
  /** One site; all, and bandwidth, where nothing is said. */
  readonly siteId?: string | undefined;
}

/** One resource of one site, or bandwidth, over the slots of an answer: a value for each slot. */
export interface BookRow {
  /** Null for bandwidth. */
  readonly siteId: string | null;
  readonly resource: string;
  readonly usedMilli: readonly number[];
  readonly capacityMilli: readonly number[];
  /** Micro-credits per unit and slot (per MB for bandwidth). */
  readonly prices: readonly bigint[];
}

/** A part of a market's book as it was at a moment. */
export interface BookAt {
  readonly state: MarketState;
  /** When its last entry was written. */
  readonly at: Date;
  /** The log's length now: what `at` may be at most. */
  readonly head: bigint;
  /** First slot of the rows, and how many there are. */
  readonly first: number;
  readonly slotCount: number;
  /** The first slot that was wanted and is not among them; null where all are. */
  readonly nextSlot: number | null;
  readonly rows: readonly BookRow[];
}

/** A book, or why there is none. */
export type BookOutcome =
  | { readonly kind: 'market_unknown' }
  | { readonly kind: 'sequence_unknown'; readonly detail: string }
  | Busy
  | ({ readonly kind: 'book' } & BookAt);

interface Cell {
  readonly cell: number;
  readonly siteId: string | null;
  readonly resource: string;
}

/** What is sold, what there is and what it costs, cell by cell, now or after any entry of the log; by turns, and a part at a time. */
export class ReadBook {
  /** @param cellsMax the most cells of an answer, beside those of its first slot. */
  constructor(
    private readonly source: Pick<BookSource, 'findVisible' | 'loadSlots'>,
    private readonly history: History,
    private readonly cellsMax: number,
    private readonly pace: PricesPace,
  ) {
    invariant(cellsMax >= 1, 'an answer may have a cell');
  }

  async run(request: BookRequest): Promise<BookOutcome> {
    const { organisationId, tenantId = organisationId, isGone } = request;
    const turn = this.pace.loop.run({ tenantId, organisationId, ...(isGone && { isGone }) }, () => this.read(request));
    return typeof turn === 'string' ? BUSY[turn] : turn.catch(busyWhereLate);
  }

  private async read(request: BookRequest): Promise<BookOutcome> {
    const { marketId, organisationId, at } = request;
    const seen = await this.source.findVisible(marketId, organisationId);
    if (!seen) return { kind: 'market_unknown' };
    const head = seen.head.sequence;
    const then = at === undefined || at === head ? await this.present(request, seen.head.slot) : await this.past(marketId, at);
    if (!then) return { kind: 'sequence_unknown', detail: `The log of this market has entries 1 to ${head}.` };
    const { state } = then;
    const cells = cellsOf(state, request);
    const first = Math.max(request.from ?? 0, state.head.slot);
    const wanted = Math.min(request.to ?? Infinity, state.head.slot + state.horizonSlots - 1);
    const slotsMax = Math.max(1, Math.floor(this.cellsMax / Math.max(1, cells.length)));
    const last = Math.min(wanted, first + slotsMax - 1);
    const slotCount = Math.max(0, last - first + 1);
    const rows = await this.rowsOf(openSlots(state, first, slotCount), cells);
    return {
      kind: 'book',
      ...then,
      head: max(head, state.head.sequence),
      first,
      slotCount,
      nextSlot: last < wanted ? last + 1 : null,
      rows,
    };
  }

  private async present({ marketId, from, to }: BookRequest, slot: number): Promise<Pick<BookAt, 'state' | 'at'> | undefined> {
    const state = await this.source.loadSlots(marketId, from ?? slot, to ?? SLOT_MAX);
    const at = state && (await this.history.timeOf(marketId, state.head.sequence));
    return state && at && { state, at };
  }

  private past(marketId: bigint, at: bigint): Promise<Pick<BookAt, 'state' | 'at'> | undefined> {
    return this.history.at(marketId, at);
  }

  /** Prices are computed a part at a time: there is room for others in between. */
  private async rowsOf(book: Book, cells: readonly Cell[]): Promise<BookRow[]> {
    const rows = cells.map(({ siteId, resource }) => ({
      siteId,
      resource,
      usedMilli: [] as number[],
      capacityMilli: [] as number[],
      prices: [] as bigint[],
    }));
    let since = 0;
    for (let slot = book.baseSlot; slot < book.baseSlot + book.slotCount; slot++) {
      const [used, capacity] = [usageOf(book, slot), capacityOf(book, slot)];
      for (const [index, { cell }] of cells.entries()) {
        const row = at(rows, index);
        row.usedMilli.push(at(used, cell));
        row.capacityMilli.push(at(capacity, cell));
        row.prices.push(...somePricesOf(book, slot, cell, 1));
        if (++since < this.pace.cellsAtOnce) continue;
        since = 0;
        await this.pace.pause();
      }
    }
    return rows;
  }
}

/** Beyond the last slot of any market. */
const SLOT_MAX = 2_147_483_647;

const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);

/** The cells that are asked for, bandwidth first, then site by site. */
function cellsOf({ sites, resources }: MarketState, { resource: only, siteId: onlySite }: BookRequest): Cell[] {
  const bandwidth = onlySite === undefined ? [{ cell: BANDWIDTH_CELL, siteId: null, resource: 'bandwidth' }] : [];
  const ofSites = sites
    .filter(({ id }) => onlySite === undefined || id === onlySite)
    .flatMap(({ id, ordinal }) => {
      const first = firstCellOf(ordinal, resources.length);
      return resources.map((resource, k) => ({ cell: first + k, siteId: id, resource }));
    });
  return [...bandwidth, ...ofSites].filter(({ resource }) => only === undefined || resource === only);
}
