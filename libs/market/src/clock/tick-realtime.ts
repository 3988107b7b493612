import { type OnMarketFailed, Rests } from '../rounds/index.js';
import { SLOT_MAX, type Clock, type ClockStore, type RealtimeMarket } from './ports.js';

const MS_PER_MINUTE = 60_000;

/**
 * Moves realtime markets to the slot that the time of day says. A clock that is set back moves nothing. A market whose clock cannot be moved is told, and
 * rests: the others go on.
 */
export class TickRealtime {
  private readonly rests: Rests;

  /** @param onFailed told of each market that fails; without it the round ends with the first. */
  constructor(
    private readonly store: ClockStore,
    private readonly clock: Clock,
    onFailed?: OnMarketFailed,
  ) {
    this.rests = new Rests(onFailed);
  }

  /** @returns how many markets moved. */
  async run(): Promise<number> {
    const nowMs = this.clock.nowMs();
    const markets = await this.store.realtimeMarkets();
    this.rests.keepOnly(new Set(markets.map(({ marketId }) => marketId)));
    const due = markets.filter((market) => slotAt(market, nowMs) > market.slot && !this.rests.isResting(market.marketId, nowMs));
    let moved = 0;
    for (const market of due) {
      const { marketId } = market;
      const before = await this.rests.attempt(marketId, nowMs, () => this.store.advance(marketId, slotAt(market, nowMs)));
      if (before !== undefined && before !== 'held') moved++;
    }
    return moved;
  }
}

function slotAt({ openedAtMs, slotMinutes }: RealtimeMarket, nowMs: number): number {
  return Math.min(SLOT_MAX, Math.floor((nowMs - openedAtMs) / (slotMinutes * MS_PER_MINUTE)));
}
