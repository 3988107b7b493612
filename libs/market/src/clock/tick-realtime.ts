import { SLOT_MAX, type Clock, type ClockStore, type RealtimeMarket } from './ports.js';

const MS_PER_MINUTE = 60_000;

/** Moves realtime markets to the slot that the time of day says. A clock that is set back moves nothing. */
export class TickRealtime {
  constructor(
    private readonly store: ClockStore,
    private readonly clock: Clock,
  ) {}

  /** @returns how many markets moved. */
  async run(): Promise<number> {
    const nowMs = this.clock.nowMs();
    const due = (await this.store.realtimeMarkets()).filter((market) => slotAt(market, nowMs) > market.slot);
    for (const market of due) await this.store.advance(market.marketId, slotAt(market, nowMs));
    return due.length;
  }
}

function slotAt({ openedAtMs, slotMinutes }: RealtimeMarket, nowMs: number): number {
  return Math.min(SLOT_MAX, Math.floor((nowMs - openedAtMs) / (slotMinutes * MS_PER_MINUTE)));
}
