import type { LogEvent } from '#log';
import { invariant } from '#units';
import type { BookSource } from '../quoting/ports.js';
import type { PricesPace } from '../quoting/read-prices.js';
import { type Busy, BUSY, busyWhereLate } from '../thinking/busy.js';
import type { MarketTerms } from '#log';
import { type CellFigures, cellFigures } from './cell.js';
import type { History } from './history.js';
import type { MarketBase, SlotChange } from './ports.js';
import { SlotPast } from './slot-past.js';

/** Whose prices are asked about, and which: a resource of a site in a slot, or bandwidth. */
export interface PriceHistoryRequest {
  readonly marketId: bigint;
  /** Who asks. */
  readonly organisationId: bigint;
  /** The operator's family that it belongs to; itself where nothing is said. */
  readonly tenantId?: bigint;
  /** Whether nobody waits for the answer any more. */
  readonly isGone?: () => boolean;
  readonly slot: number;
  readonly resource: string;
  /** Undefined for bandwidth. */
  readonly siteId?: string | undefined;
  /** Not earlier than this moment; from when the slot came on sale where nothing is said. */
  readonly since?: Date | undefined;
  /** The entry of the log that the page before this one ended with. */
  readonly after?: bigint | undefined;
  /** The most prices of a page. */
  readonly limit: number;
}

/** What a cell cost from an entry of the log on, and what that follows from. */
export interface PricePoint extends CellFigures {
  readonly sequence: bigint;
  readonly at: Date;
  /** What happened; undefined where it had that price already when the answer begins. */
  readonly because: LogEvent['kind'] | undefined;
  readonly prices: MarketTerms['prices'];
}

/** A part of a cell's prices, or why there is none. */
export type PriceHistoryOutcome =
  | { readonly kind: 'market_unknown' }
  | Busy
  | { readonly kind: 'unnamed'; readonly path: string; readonly message: string }
  | {
      readonly kind: 'page';
      readonly points: readonly PricePoint[];
      /** The entry to go on after; null where all that has happened is told. */
      readonly next: bigint | null;
      /** The last entry of the log that was looked at, and the one that the log had. */
      readonly through: bigint;
      readonly head: bigint;
    };

/** Entries of a log that one answer looks through at most: more than that are for the next. */
const ENTRIES_MAX = 50_000n;

/**
 * How the price of a resource of a site in a slot has moved, and what it followed from each time: read from the log, exact after every entry, whatever was
 * sold, repaired or given back. By turns, and a part at a time.
 */
export class ReadPriceHistory {
  constructor(
    private readonly source: Pick<BookSource, 'findVisible'>,
    private readonly history: History,
    private readonly pace: PricesPace,
  ) {}

  async run(request: PriceHistoryRequest): Promise<PriceHistoryOutcome> {
    invariant(request.limit >= 1, 'a page has room for a price');
    const { organisationId, tenantId = organisationId, isGone } = request;
    const turn = this.pace.loop.run({ tenantId, organisationId, ...(isGone && { isGone }) }, () => this.read(request));
    return typeof turn === 'string' ? BUSY[turn] : turn.catch(busyWhereLate);
  }

  private async read(request: PriceHistoryRequest): Promise<PriceHistoryOutcome> {
    const { marketId, organisationId, slot, since } = request;
    const { store } = this.history;
    const [seen, base] = await Promise.all([this.source.findVisible(marketId, organisationId), store.findBase(marketId)]);
    if (!seen || !base) return { kind: 'market_unknown' };
    const fault = faultOf(request, base);
    if (fault) return { kind: 'unnamed', ...fault };
    const head = seen.head.sequence;
    const sale = await store.saleOf(base, slot);
    const begin = request.after ?? max(sale.after, since === undefined ? 0n : await store.lastBefore(marketId, since));
    const end = sale.upTo !== undefined && sale.upTo < head ? sale.upTo : head;
    const through = min(end, begin + ENTRIES_MAX);
    const changes = begin >= through ? [] : await store.slotChanges(base, { slot, after: begin, upTo: through, limit: request.limit + 1 });
    const past = new SlotPast(base, await this.history.stateAt(base, begin), slot, this.history.kinds);
    const page = await this.pointsOf(past, changes, { request, begin });
    if (page.isFull) return { kind: 'page', points: page.points, next: page.told, through: page.told, head };
    return { kind: 'page', points: page.points, next: through < end ? through : null, through, head };
  }

  /** Goes through changes until the page is full. */
  private async pointsOf(
    past: SlotPast,
    changes: readonly SlotChange[],
    { request, begin }: { readonly request: PriceHistoryRequest; readonly begin: bigint },
  ): Promise<{ readonly points: PricePoint[]; readonly told: bigint; readonly isFull: boolean }> {
    const points: PricePoint[] = [];
    let figures = figuresNow(past, request);
    if (request.after === undefined && figures) {
      const at = await this.history.timeOf(request.marketId, begin);
      if (at) points.push({ ...figures, sequence: begin, at, because: undefined, prices: past.now.terms.prices });
    }
    let [told, steps] = [begin, 0];
    for (const change of changes) {
      if (points.length >= request.limit) return { points, told, isFull: true };
      past.step(change);
      told = change.sequence;
      const after = figuresNow(past, request);
      if (after && !isSame(figures, after))
        points.push({ ...after, sequence: told, at: change.at, because: change.event.kind, prices: past.now.terms.prices });
      figures = after;
      if (++steps % CHANGES_AT_ONCE === 0) await this.pace.pause();
    }
    return { points, told, isFull: changes.length > request.limit };
  }
}

/** Changes that are gone through without a pause: each makes the slot's part of the book anew. */
const CHANGES_AT_ONCE = 20;

/** The cell as it is now; undefined where it is not on sale. */
function figuresNow(past: SlotPast, { slot, siteId, resource }: PriceHistoryRequest): CellFigures | undefined {
  const { now } = past;
  const site = siteId === undefined ? null : now.sites.find(({ id }) => id === siteId)?.ordinal;
  return past.isOnSale && site !== undefined && now.head.sequence > 0n ? cellFigures(now, { slot, site, resource }) : undefined;
}

const isSame = (one: CellFigures | undefined, other: CellFigures): boolean =>
  one !== undefined &&
  one.price === other.price &&
  one.usedMilli === other.usedMilli &&
  one.capacityMilli === other.capacityMilli &&
  one.supplyMilli === other.supplyMilli;

function faultOf(
  { siteId, resource }: PriceHistoryRequest,
  { resources }: MarketBase,
): { readonly path: string; readonly message: string } | undefined {
  if (resource === 'bandwidth')
    return siteId === undefined ? undefined : { path: 'query.siteId', message: 'is not asked for: bandwidth is of the market as a whole' };
  if (!resources.includes(resource)) return { path: 'query.resource', message: `must be bandwidth or one of ${resources.join(', ')}` };
  return siteId === undefined ? { path: 'query.siteId', message: `must say of which site the ${resource} is` } : undefined;
}

const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);
const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);
