import { type BidBody, type Kinds, standardKinds } from '#kinds';
import {
  type CapacityWindow,
  decideBatch,
  FundsTracker,
  type HitRecord,
  leftOf,
  LiveSales,
  type MarketState,
  openBook,
  type OpenBook,
  saleIn,
  type SlotUsage,
  takenSlots,
} from '#market';
import { usageOf } from '#mechanism';

/** What was told of an allocation, for the laws. */
export interface Told {
  readonly body: BidBody;
  readonly arrival: number;
  readonly payment: bigint;
  readonly promised: number;
  /** Value less payment, as it was bought. */
  readonly surplus: bigint;
  returned: bigint;
  /** When it is done; undefined where it will not be. */
  completion: number | undefined;
  hits: number;
  isCancelled: boolean;
  /** Slots that are to run, and how often each has. */
  planned: Set<number>;
  readonly ran: Map<number, number>;
}

/** A window as a history writes it, `after` slots after the current one. */
export type WindowWish = Pick<CapacityWindow, 'scope' | 'site' | 'amounts'> & { readonly after: number; readonly length: number | null };

/** What a market is played with. */
export interface PlayedMarket {
  readonly start: MarketState;
  /** What bids are worth once they are accepted; nothing may depend on it then. */
  readonly valued?: (body: BidBody) => BidBody;
  readonly kinds?: Kinds;
  /** What plans are looked for with once something has failed, where that is something else. */
  readonly repairKinds?: Kinds;
  /** Told how long each hit took to be dealt with, ms. */
  readonly onHit?: (ms: number) => void;
}

const FUNDS = 10n ** 15n;

/** A market without a database: what the worker, the clock, its operator and its bidders do to it, in the order of its log. */
export class AfterSaleMarket {
  readonly told = new Map<bigint, Told>();
  /** What became of whom, as the log would say it. */
  readonly log: string[] = [];
  /** Laws that were broken, in words. */
  readonly broken: string[] = [];
  moved = 0n;
  private readonly kinds: Kinds;
  private readonly sales: LiveSales;
  private readonly own: readonly number[];
  private open: OpenBook;
  private used = new Map<number, readonly number[]>();
  private bids = 0n;

  constructor(private readonly played: PlayedMarket) {
    const { start } = played;
    this.kinds = played.kinds ?? standardKinds();
    this.sales = new LiveSales(1n, played.repairKinds ?? this.kinds);
    this.own = [Number(start.bandwidthKb), ...start.sites.flatMap(({ capacityMilli }) => capacityMilli)];
    this.open = openBook(start);
  }

  get slot(): number {
    return this.open.state.head.slot;
  }

  bid(body: BidBody): void {
    const bidId = (this.bids += 1n);
    const wallet = { organisationId: 2n, walletId: 0n, escrowId: 0n, fundsMicros: FUNDS };
    const then = this.open.state;
    const { record, priceVersion } = decideBatch({
      open: this.open,
      epoch: 1n,
      bids: [{ bidId, organisationId: 2n, body }],
      funds: new FundsTracker([wallet]),
      kinds: this.kinds,
      mayGoOn: () => true,
    });
    const [decided] = record.decided;
    if (!decided) throw new Error('a bid is decided');
    for (const { slot, usedMilli } of record.usage) this.used.set(slot, usedMilli);
    this.open = { book: this.open.book, state: { ...then, priceVersion, head: { ...then.head, sequence: record.sequence } } };
    const sale = saleIn(decided);
    if (decided.decision.kind !== 'accepted' || !sale) return;
    const { payment, value, completion, footprint } = decided.decision;
    const planned = new Set(footprint.map(({ slot }) => slot));
    const fresh = { returned: 0n, completion, hits: 0, isCancelled: false, planned, ran: new Map<number, number>() };
    this.told.set(bidId, { body, arrival: decided.arrivalSlot, payment, promised: completion, surplus: value - payment, ...fresh });
    this.sales.bought({ decided, body: this.played.valued?.(body) ?? body, sale }, then);
    this.nothingOversold();
  }

  clock(slots: number): void {
    const { head } = this.open.state;
    const slot = head.slot + slots;
    for (const movement of this.sales.deliver(slot, 'retained')) this.note(movement);
    for (const told of this.told.values())
      for (const ran of told.planned)
        if (ran < slot) {
          told.planned.delete(ran);
          told.ran.set(ran, (told.ran.get(ran) ?? 0) + 1);
        }
    this.rebuild({ head: { ...head, slot, sequence: head.sequence + 1n } });
  }

  window({ scope, site, amounts, after, length }: WindowWish): void {
    const { head, windows = [], resources } = this.open.state;
    const from = head.slot + after;
    const to = length === null ? null : from + length;
    const windowId = `${windows.length + 1}`;
    const wanted: CapacityWindow = { windowId, scope, site, amounts, from, to, closedAt: null, taken: [], isSettled: false };
    const all = [...windows, wanted];
    const taken = takenSlots(this.usage(), { windows: all, wanted, cells: this.own, resources });
    this.rebuild({ windows: [...windows, { ...wanted, taken }], head: { ...head, sequence: head.sequence + 1n } });
    while (this.dealWithNext(BigInt(windowId)));
    this.nothingOversold();
    this.rebuild({ windows: (this.open.state.windows ?? []).map((window) => ({ ...window, isSettled: true })) });
  }

  /** Ends a window that is open: puts on sale again what it has not taken. */
  close(which: number): void {
    const { head, windows = [] } = this.open.state;
    const open = windows.filter(({ closedAt }) => closedAt === null);
    const closing = open[which % Math.max(1, open.length)];
    if (!closing) return;
    const close = (window: CapacityWindow): CapacityWindow =>
      window === closing ? { ...window, closedAt: Math.max(head.slot, window.from) } : window;
    this.rebuild({ windows: windows.map(close), head: { ...head, sequence: head.sequence + 1n } });
  }

  cancel(which: number): void {
    const bidId = this.bids === 0n ? 0n : (BigInt(which) % this.bids) + 1n;
    const { head } = this.open.state;
    const sequence = head.sequence + 1n;
    const cancelled = this.sales.cancel(this.open, bidId, sequence);
    if (!cancelled) return;
    for (const slot of cancelled.slots) this.used.set(slot, usageOf(this.open.book, slot));
    this.tell(cancelled.record);
    if (this.sales.cancel(this.open, bidId, sequence)) this.broken.push(`bid ${bidId} is cancelled twice`);
    this.rebuild({ head: { ...head, sequence } });
  }

  /** @returns whether there was somebody to be dealt with. */
  private dealWithNext(windowId: bigint): boolean {
    const sequence = this.open.state.head.sequence + 1n;
    const beganMs = performance.now();
    const hit = this.sales.hit(this.open, { windowId, cause: 'site_down' }, sequence);
    if (!hit) return false;
    this.played.onHit?.(performance.now() - beganMs);
    this.broken.push(...hit.violations);
    for (const slot of hit.slots) this.used.set(slot, usageOf(this.open.book, slot));
    this.tell(hit.record);
    this.open = { book: this.open.book, state: { ...this.open.state, head: { ...this.open.state.head, sequence } } };
    return true;
  }

  private tell({ event, bidId, movements, revision }: HitRecord): void {
    const told = this.told.get(bidId ?? 0n);
    if (!told) throw new Error('whoever is hit was accepted');
    this.log.push(JSON.stringify({ event, movements }, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value)));
    if ('returnedMicros' in event.payload) told.returned += event.payload.returnedMicros;
    told.completion = event.kind === 'allocation_repaired' ? event.payload.completion : undefined;
    told.isCancelled = event.kind === 'allocation_cancelled';
    if (!told.isCancelled) told.hits++;
    told.planned = new Set(revision?.placements.map(({ slot }) => slot) ?? []);
    for (const movement of movements) this.note(movement);
  }

  private note({
    from,
    to,
    amount,
  }: {
    readonly from: { readonly kind: string };
    readonly to: { readonly kind: string };
    readonly amount: bigint;
  }): void {
    if (to.kind === 'wallet' || to.kind === 'revenue') this.moved += amount;
    if (from.kind === 'wallet' && to.kind === 'revenue') this.broken.push('what is paid waits in escrow');
  }

  private nothingOversold(): void {
    const { windows = [], head, resources } = this.open.state;
    for (const [slot, used] of this.used) {
      if (slot < head.slot) continue;
      const left = leftOf(this.own, windows, slot, { resources });
      if (used.some((milli, cell) => milli > (left[cell] ?? 0))) this.broken.push(`withdrawn capacity of slot ${slot} is sold`);
    }
  }

  private usage(): SlotUsage[] {
    const { head, horizonSlots } = this.open.state;
    const all = [...this.used].map(([slot, usedMilli]): SlotUsage => ({ slot, usedMilli }));
    return all.filter(({ slot }) => slot >= head.slot && slot < head.slot + horizonSlots);
  }

  private rebuild(change: Partial<MarketState>): void {
    this.open = { ...this.open, state: { ...this.open.state, ...change } };
    this.open = openBook({ ...this.open.state, usage: this.usage() });
  }
}
