import { holdOf } from '#ledger';
import { eventIn, type LogEvent, marketTerms, type PayloadOf, UnreadableEntry } from '#log';
import type { Kinds } from '#kinds';
import { capacityOf, usageOf } from '#mechanism';
import { learntTerms, leftOf, type MarketHead, type MarketState, openBook, type OpenBook, stockOf, windowIn } from '../book/index.js';
import { takenSlots } from '../lifecycle/windows.js';
import { differences, eventColumns, windowRow } from './expected-rows.js';
import { hitFindings } from './hit-findings.js';
import { AccountBook, moneyFindings } from './money.js';
import type { AuditAccount } from './ports.js';
import { capacityIn, emptyMarket, ownCellsOf, siteRow, type SlotSales, stranger, usageRow } from './market-rows.js';
import { PriceReplay } from './replay-prices.js';
import { replayBid } from './replay-bid.js';
import { type ExpectedHit, isHitEvent, LiveSales } from './replay-hits.js';
import { type Finding, jsonOf, type LogRecord, type Row } from './rows.js';
import { Unsettled } from './unsettled.js';

/** The version of entries of clocks that had slots earned as they ran. */
const CAPTURING_CLOCK = 1;

/**
 * A market made again from its log: every entry is held against what the log before it leads to. Deciding is the deciders' own code, one bid
 * at a time; plans are also checked by the independent validator.
 */
export class LogReplay {
  /** By slot. */
  readonly sales = new Map<number, SlotSales>();
  open: OpenBook;
  private readonly accounts: AccountBook;
  readonly live: LiveSales;
  private readonly unsettled = new Unsettled();
  private readonly prices: PriceReplay;

  constructor(
    private readonly market: Row,
    accounts: readonly AuditAccount[],
    readonly kinds: Kinds,
  ) {
    this.live = new LiveSales(BigInt(market.organisation_id ?? 0), kinds);
    this.accounts = new AccountBook(accounts);
    this.open = openBook(emptyMarket(market));
    this.prices = new PriceReplay(this.open.state.horizonSlots, kinds);
  }

  /** @returns what is wrong with the entry; nothing where it is as it must be. After a finding the replay is at its end. */
  step(record: LogRecord): Finding[] {
    const { sequence, event } = record;
    const due = this.open.state.head.sequence + 1n;
    const marketId = this.open.state.head.marketId;
    if (sequence !== due) return [{ sequence: due, table: 'event', key: `market_id ${marketId}, sequence ${due}`, detail: 'is missing' }];
    const misplaced = this.prices.misplaced(event.kind ?? '');
    if (misplaced) return this.wrong(record, misplaced);
    if (event.kind === 'bid_accepted' || event.kind === 'bid_refused') return this.bid(record);
    const told = this.told(record);
    if (told.kind === 'finding') return told.findings;
    if (told.event.kind === 'allocation_cancelled') return this.cancelled(record, told.event.payload);
    if (isHitEvent(told.event)) return this.hit(record);
    const stray = record.decision ? this.wrong(record, `kind is ${event.kind}, but its number is that of a decision`) : [];
    const columns = differences(sequence, 'event', event, {
      ...eventColumns(told.event, Number(event.version)),
      organisation_id: null,
    });
    const findings = [...stray, ...columns, ...this.change(record, told.event)];
    this.prices.changed(record, this.open.state);
    return findings;
  }

  /** What an entry tells of. */
  private told(
    record: LogRecord,
  ): { readonly kind: 'event'; readonly event: LogEvent } | { readonly kind: 'finding'; readonly findings: Finding[] } {
    const { kind, version, payload } = record.event;
    try {
      return { kind: 'event', event: eventIn({ kind, version: Number(version), payload: jsonOf(payload) }) };
    } catch (cause) {
      if (cause instanceof UnreadableEntry) return { kind: 'finding', findings: this.wrong(record, cause.message) };
      throw cause;
    }
  }

  /** What the market's own rows must say after the last entry. */
  ends(market: Row, sites: readonly Row[], usage: readonly Row[]): Finding[] {
    const { head } = this.open.state;
    const bySlot = new Map(usage.map((row) => [row.slot, row]));
    const bySite = new Map(sites.map((row) => [row.id, row]));
    const stray = usage.find((row) => !this.sales.has(Number(row.slot)));
    return [
      ...differences(undefined, 'market', market, {
        status: head.status,
        slot: head.slot,
        sequence: head.sequence,
        terms: { json: marketTerms.write(this.open.state.terms) },
      }),
      ...this.open.state.sites.flatMap((site) => differences(undefined, 'site', bySite.get(site.id), siteRow(head.marketId, site))),
      ...(sites.length === this.open.state.sites.length ? [] : [stranger('site', sites, this.open.state.sites.length)]),
      ...[...this.sales].flatMap(([slot, sales]) =>
        differences(undefined, 'slot_usage', bySlot.get(slot.toString()), usageRow(head.marketId, slot, sales)),
      ),
      ...(stray
        ? [{ table: 'slot_usage' as const, key: `market_id ${head.marketId}, slot ${stray.slot}`, detail: 'nothing was sold of it' }]
        : []),
    ];
  }

  private bid(record: LogRecord): Finding[] {
    const { state } = this.open;
    const outcome = replayBid(this.open, record, this);
    if (outcome.kind === 'findings') return outcome.findings;
    this.prices.decided(record, state);
    for (const { slot, usedMilli, capacityMilli = outcome.capacityMilli } of outcome.usage)
      this.sales.set(slot, { usedMilli, capacityMilli });
    this.open = outcome.isBookKept ? outcome.open : openBook({ ...outcome.open.state, usage: this.usage() });
    const { bought } = outcome;
    if (!bought) return moneyFindings(record, [], this.accounts);
    this.live.bought(bought, state);
    const held = holdOf(bought.sale);
    return moneyFindings(record, held ? [held] : [], this.accounts);
  }

  private change(record: LogRecord, { kind, payload }: LogEvent): Finding[] {
    switch (kind) {
      case 'market_opened':
        return this.opened(record, payload);
      case 'terms_changed':
        return this.termsChanged(record, payload);
      case 'prices_changed':
        return this.pricesChanged(record, payload);
      case 'site_added':
        return this.siteAdded(record, payload);
      case 'capacity_changed':
        return this.capacityChanged(record, payload);
      case 'status_changed':
        return this.statusChanged(record, payload);
      case 'clock_advanced':
        return this.clockAdvanced(record, payload);
      case 'window_opened':
        return this.windowOpened(record, payload);
      case 'window_closed':
        return this.windowClosed(record, payload);
      case 'window_settled':
      case 'allocation_repaired':
      case 'allocation_failed':
      case 'allocation_left':
        return this.hit(record);
      case 'allocation_cancelled':
        return this.cancelled(record, payload);
      case 'bid_accepted':
      case 'bid_refused':
        return this.wrong(record, `kind ${kind} is that of a decision`);
    }
  }

  private opened(record: LogRecord, { name, clock, terms }: PayloadOf<'market_opened'>): Finding[] {
    if (record.sequence !== 1n) return this.wrong(record, 'a market opens once');
    const { market } = this;
    if (name !== market.name || clock !== market.clock) return this.wrong(record, `payload is not of ${market.name}, ${market.clock}`);
    return this.termsChanged(record, { terms });
  }

  private termsChanged(record: LogRecord, { terms }: Pick<PayloadOf<'terms_changed'>, 'terms'>): Finding[] {
    const fault = this.prices.termsFault(record, terms, this.open.state);
    if (fault !== undefined) return this.wrong(record, fault);
    this.rebuild({ terms }, record.sequence);
    return [];
  }

  private pricesChanged(record: LogRecord, payload: PayloadOf<'prices_changed'>): Finding[] {
    const fault = this.prices.levelFault(record, payload, this.open.state);
    if (fault !== undefined) return this.wrong(record, fault);
    this.rebuild({ terms: learntTerms(this.open.state.terms, payload) }, record.sequence);
    return [];
  }

  private siteAdded(record: LogRecord, payload: PayloadOf<'site_added'>): Finding[] {
    const { sites } = this.open.state;
    const capacityMilli = capacityIn(this.open.state, payload);
    if (!capacityMilli) return this.wrong(record, 'payload.capacityMilli names not each resource');
    const site = { id: payload.siteId.toString(), ordinal: sites.length, capacityMilli };
    this.rebuild({ sites: [...sites, site] }, record.sequence);
    const { marketId } = this.open.state.head;
    return differences(record.sequence, 'site', record.site, {
      id: site.id,
      market_id: marketId,
      ordinal: site.ordinal,
      name: payload.name,
    });
  }

  private capacityChanged(record: LogRecord, payload: PayloadOf<'capacity_changed'>): Finding[] {
    const { sites } = this.open.state;
    const capacityMilli = capacityIn(this.open.state, payload);
    const siteId = payload.siteId.toString();
    if (!capacityMilli || !sites.some(({ id }) => id === siteId)) return this.wrong(record, 'payload names no site with a capacity');
    this.rebuild({ sites: sites.map((site) => (site.id === siteId ? { ...site, capacityMilli } : site)) }, record.sequence);
    return [];
  }

  private statusChanged(record: LogRecord, { from, status }: PayloadOf<'status_changed'>): Finding[] {
    const { head } = this.open.state;
    if (from !== head.status) return this.wrong(record, `payload.from is ${from}, must be ${head.status}`);
    this.open = { ...this.open, state: { ...this.open.state, head: { ...head, status, sequence: record.sequence } } };
    return [];
  }

  private clockAdvanced(record: LogRecord, { from, slot }: PayloadOf<'clock_advanced'>): Finding[] {
    const { head } = this.open.state;
    if (from !== head.slot) return this.wrong(record, `payload.from is ${from}, must be ${head.slot}`);
    if (slot <= head.slot) return this.wrong(record, `payload.slot is ${slot}, not later`);
    this.rebuild({}, record.sequence, { slot });
    const rule = Number(record.event.version) === CAPTURING_CLOCK ? 'captured' : 'retained';
    return moneyFindings(record, this.live.deliver(slot, rule), this.accounts);
  }

  private windowOpened(record: LogRecord, payload: PayloadOf<'window_opened'>): Finding[] {
    const { head, sites, resources, windows = [] } = this.open.state;
    const unsettled = this.unsettled.open({ windowId: payload.windowId, cause: payload.cause }, record.sequence);
    if (unsettled !== undefined) return this.wrong(record, unsettled);
    const wanted = { ...windowIn(payload, { sites }), taken: [] };
    if ((payload.scope === 'site') !== (wanted.site !== null)) return this.wrong(record, 'payload.siteId is no site of such a window');
    const usage = [...this.sales].map(([slot, { usedMilli }]) => ({ slot, usedMilli })).filter(({ slot }) => slot >= head.slot);
    const taken = takenSlots(usage, { windows: [...windows, wanted], wanted, cells: ownCellsOf(this.open.state), resources });
    const must = taken.sort((a, b) => a - b).join();
    if (must !== payload.taken.join()) return this.wrong(record, `payload.taken is ${payload.taken.join()}, must be ${must}`);
    this.rebuild({ windows: [...windows, windowIn(payload, { sites })] }, record.sequence);
    return differences(record.sequence, 'market_window', record.window, windowRow(head.marketId, record.sequence, payload));
  }

  private windowClosed(record: LogRecord, { windowId, slot }: PayloadOf<'window_closed'>): Finding[] {
    const { windows = [] } = this.open.state;
    if (!windows.some((window) => window.windowId === windowId.toString() && window.closedAt === null && window.isSettled))
      return this.wrong(record, `payload names no window that could be closed`);
    this.rebuild(
      { windows: windows.map((one) => (one.windowId === windowId.toString() ? { ...one, closedAt: slot } : one)) },
      record.sequence,
    );
    return [];
  }

  /** The next one whom the window has hit, or that nobody is left. */
  private hit(record: LogRecord): Finding[] {
    const { sequence, event } = record;
    const { open } = this;
    const unsettled = this.unsettled.first;
    if (!unsettled) return this.wrong(record, 'no window is being settled');
    const { windowId } = unsettled;
    const expected = this.live.hit(open, unsettled, sequence);
    if (!expected) {
      const { windows = [] } = open.state;
      this.unsettled.settle();
      this.move({ windows: windows.map((one) => (one.windowId === windowId.toString() ? { ...one, isSettled: true } : one)) }, sequence);
      const settled = { ...eventColumns({ kind: 'window_settled', payload: { windowId } }), organisation_id: null };
      return differences(sequence, 'event', event, settled);
    }
    return this.replanned(record, expected);
  }

  /** A bidder has given its allocation back: that it may, and what comes back, is held against the log before it. */
  private cancelled(record: LogRecord, { bidId }: PayloadOf<'allocation_cancelled'>): Finding[] {
    const unsettled = this.unsettled.fault();
    if (unsettled !== undefined) return this.wrong(record, unsettled);
    const expected = this.live.cancel(this.open, bidId, record.sequence);
    return expected ? this.replanned(record, expected) : this.wrong(record, `bid ${bidId} has nothing that is to run`);
  }

  private replanned(record: LogRecord, expected: ExpectedHit): Finding[] {
    const { book, state } = this.open;
    this.move({}, record.sequence);
    for (const slot of expected.slots) this.sales.set(slot, { usedMilli: usageOf(book, slot), capacityMilli: capacityOf(book, slot) });
    const { marketId } = state.head;
    return [...hitFindings(marketId, record, expected), ...moneyFindings(record, expected.record.movements, this.accounts)];
  }

  /** A change after which the book is another one; what there is of slots to come follows the sites. */
  private rebuild(change: Partial<MarketState>, sequence: bigint, head: Partial<MarketHead> = {}): void {
    const slot = head.slot ?? this.open.state.head.slot;
    this.move({ ...change, head: { ...this.open.state.head, ...head } }, sequence);
    const { windows = [], resources } = this.open.state;
    const own = ownCellsOf(this.open.state);
    if (change.sites !== undefined || change.windows !== undefined)
      for (const [at, { usedMilli }] of this.sales)
        if (at >= slot) this.sales.set(at, { usedMilli, capacityMilli: stockOf(leftOf(own, windows, at, { resources }), usedMilli) });
    this.open = openBook({ ...this.open.state, usage: this.usage() });
  }

  /** What is sold of the slots that are on sale. */
  private usage(): MarketState['usage'] {
    const { head, horizonSlots } = this.open.state;
    const isOnSale = (slot: number): boolean => slot >= head.slot && slot < head.slot + horizonSlots;
    return [...this.sales].filter(([slot]) => isOnSale(slot)).map(([slot, { usedMilli }]) => ({ slot, usedMilli }));
  }

  private move(change: Partial<MarketState>, sequence: bigint): void {
    const state = { ...this.open.state, ...change };
    this.open = { ...this.open, state: { ...state, priceVersion: sequence, head: { ...state.head, sequence } } };
  }

  private wrong({ sequence, event }: LogRecord, detail: string): Finding[] {
    return [{ sequence, table: 'event', key: `market_id ${event.market_id}, sequence ${event.sequence}`, detail }];
  }
}
