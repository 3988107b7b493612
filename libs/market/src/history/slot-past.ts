import type { Kinds } from '#kinds';
import { isRemaking } from '#log';
import type { Footprint } from '#mechanism';
import { invariant } from '#units';
import { madeOfAfter, type MarketState, specOf } from '../book/index.js';
import { planOf } from '../lifecycle/live.js';
import { cellNumber } from './cell.js';
import type { MarketBase, PastState, SlotChange } from './ports.js';

/** One slot of a market, made again entry by entry: what is sold of it, and what prices it. What is sold of other slots is left out. */
export class SlotPast {
  private state: MarketState;
  private readonly used: number[];

  /** @param from the market after an entry, with what is sold then. */
  constructor(
    base: MarketBase,
    from: PastState,
    private readonly slot: number,
    private readonly kinds: Kinds,
  ) {
    this.used = [...(from.usage.find((each) => each.slot === slot)?.usedMilli ?? [])];
    this.state = { ...base, ...from, usage: [] };
  }

  /** Whether the slot is on sale now. */
  get isOnSale(): boolean {
    const { head, horizonSlots } = this.state;
    return head.slot <= this.slot && this.slot < head.slot + horizonSlots;
  }

  /** The market after the entries so far, with the sales of this slot. */
  get now(): MarketState {
    return { ...this.state, usage: this.used.length === 0 ? [] : [{ slot: this.slot, usedMilli: this.used }] };
  }

  /** Takes in the next change. */
  step({ sequence, event, lines, replaced }: SlotChange): void {
    invariant(sequence > this.state.head.sequence, 'a log is read forward');
    this.state = { ...this.state, head: { ...this.state.head, sequence } };
    if (isRemaking(event)) this.state = madeOfAfter(this.state, event);
    if (event.kind === 'clock_advanced') this.state = { ...this.state, head: { ...this.state.head, slot: event.payload.slot } };
    for (const line of lines) this.add(cellNumber(line, this.state.resources), line.quantityMilli);
    if (!replaced) return;
    this.take(this.footprintOf(replaced, replaced.before), -1);
    if (replaced.after !== undefined) this.take(this.footprintOf(replaced, replaced.after), 1);
  }

  private footprintOf({ bidId, body }: NonNullable<SlotChange['replaced']>, plan: unknown): Footprint {
    const { state, kinds } = this;
    return planOf({ state, spec: specOf(state) }, kinds, { bidId, body, plan }).footprint;
  }

  private take(footprint: Footprint, sign: 1 | -1): void {
    for (const { slot, cells, quantitiesMilli } of footprint)
      if (slot === this.slot) for (const [index, cell] of cells.entries()) this.add(cell, sign * (quantitiesMilli[index] ?? 0));
  }

  private add(cell: number, milli: number): void {
    while (this.used.length <= cell) this.used.push(0);
    const sold = (this.used[cell] ?? 0) + milli;
    invariant(sold >= 0, 'no more is taken back than was sold');
    this.used[cell] = sold;
  }
}
