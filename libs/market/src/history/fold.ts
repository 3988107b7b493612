import { BANDWIDTH_CELL, cellCountOf, firstCellOf } from '#mechanism';
import type { LogEvent } from '#log';
import { at, invariant, micros } from '#units';
import { madeOfAfter, newestTerms, type SlotUsage } from '../book/index.js';
import type { LineRecord } from '../reading/ports.js';
import type { MarketBase, PastEntry, PastState } from './ports.js';

/** A market that is made again from its log, entry by entry: what is sold, and by which terms it is priced. Nothing is decided again. */
export class Past {
  private state: Omit<PastState, 'usage'>;
  /** Milli-units sold per cell, of slots that have not run. */
  private sold: Map<number, number[]>;
  /** Whether what is sold is known: what was taken back or sold anew is known to its plans alone. */
  private isTold = true;

  /** @param from a state to go on from; without it the log is read from its first entry on. */
  constructor(
    private readonly base: MarketBase,
    from?: PastState,
  ) {
    const { usage, ...state } = from ?? unopened(base);
    this.state = state;
    this.sold = new Map(usage.map(({ slot, usedMilli }) => [slot, [...usedMilli]]));
  }

  /**
   * Whether its states are those of the market: of what was repaired, ended early or given back the log does not tell what was sold, and whoever wants a
   * state hands that in (tell).
   */
  get isExact(): boolean {
    return this.isTold;
  }

  /** What is sold after the entries so far. */
  tell(usage: readonly SlotUsage[]): void {
    this.sold = new Map(usage.map(({ slot, usedMilli }) => [slot, [...usedMilli]]));
    this.isTold = true;
  }

  /** Of the last entry that was taken in. */
  get sequence(): bigint {
    return this.state.head.sequence;
  }

  /** Cells of slots in which something is sold. */
  get soldCells(): number {
    return this.sold.size * cellCountOf(this.state.sites.length, this.base.resources.length);
  }

  /** The state after the entries so far, as of a sequence number: entries in between that change nothing are not read. */
  at(sequence: bigint): PastState {
    const { head } = this.state;
    invariant(sequence >= head.sequence, 'a log is folded forward');
    const usage = [...this.sold].sort(([a], [b]) => a - b).map(([slot, usedMilli]) => ({ slot, usedMilli: [...usedMilli] }));
    return { ...this.state, head: { ...head, sequence }, usage };
  }

  /** Takes in the next entry. */
  step({ sequence, event, lines }: PastEntry): void {
    invariant(sequence > this.state.head.sequence, 'a log is folded forward');
    this.state = { ...this.state, head: { ...this.state.head, sequence } };
    switch (event.kind) {
      case 'market_opened':
      case 'terms_changed':
      case 'prices_changed':
      case 'site_added':
      case 'capacity_changed':
      case 'window_opened':
      case 'window_settled':
      case 'window_closed':
        return this.changed(event, sequence);
      case 'status_changed':
        this.state = { ...this.state, head: { ...this.state.head, status: event.payload.status } };
        return;
      case 'clock_advanced':
        return this.ran(event.payload.slot, sequence);
      case 'bid_accepted':
        for (const line of lines) this.sell(line);
        return this.moved({}, sequence);
      case 'allocation_repaired':
      case 'allocation_failed':
      case 'allocation_left':
      case 'allocation_cancelled':
        this.isTold = false;
        return this.moved({}, sequence);
      case 'bid_refused':
        return;
    }
  }

  private moved(change: Partial<PastState>, sequence: bigint): void {
    this.state = { ...this.state, ...change, priceVersion: sequence };
  }

  private changed(event: LogEvent, sequence: bigint): void {
    const { resources: _, ...state } = madeOfAfter({ ...this.state, resources: this.base.resources }, event);
    this.moved(state, sequence);
  }

  private ran(slot: number, sequence: bigint): void {
    for (const sold of this.sold.keys()) if (sold < slot) this.sold.delete(sold);
    this.moved({ head: { ...this.state.head, slot } }, sequence);
  }

  private sell({ slot, site, resource, quantityMilli }: LineRecord): void {
    const { resources } = this.base;
    const cell = site === null ? BANDWIDTH_CELL : firstCellOf(site, resources.length) + resources.indexOf(resource);
    const cells = this.sold.get(slot) ?? [];
    while (cells.length < cellCountOf(this.state.sites.length, resources.length)) cells.push(0);
    cells[cell] = at(cells, cell) + quantityMilli;
    this.sold.set(slot, cells);
  }
}

/** Before the first entry, which tells the market's terms. */
const unopened = ({ marketId, clock }: MarketBase): PastState => ({
  head: { marketId, sequence: 0n, status: 'open', clock, slot: 0 },
  priceVersion: 0n,
  terms: newestTerms({ kind: 'flat', level: micros(0n), levels: {} }),
  sites: [],
  usage: [],
});
