import { setTimeout as sleep } from 'node:timers/promises';
import type { BodyFault } from '#kinds';
import { atOnce, type InTurn } from '../thinking/in-turn.js';
import { SLOT_MAX, type Clock, type ClockMarket, type ClockStore } from './ports.js';

/** How long a move waits for the decisions of bids acknowledged before it, and how often it looks: at first, and after a while, ms. */
export const DECISIONS_WAIT_MS = 10_000;
const LOOK_MS_MIN = 10;
const LOOK_MS_MAX = 80;

/** A move of a market's clock that its operator asks for. */
export interface ClockMove {
  readonly marketId: bigint;
  /** The slot to move to. */
  readonly slot: number;
  /** The operator who asks. */
  readonly organisationId: bigint;
  /** The family that this operator belongs to; itself where nothing is said. */
  readonly tenantId?: bigint;
  /** Whether a move may be longer than everything that is on sale; it may where that isn't said. */
  readonly mayLeap?: boolean;
}

/** In order of precedence. Moving to the slot where the clock stands changes nothing and is `moved`. */
export type ClockOutcome =
  | { readonly kind: 'market_unknown' }
  | { readonly kind: 'not_manual' }
  | { readonly kind: 'clock_backwards'; readonly slot: number }
  | { readonly kind: 'faults'; readonly faults: readonly BodyFault[] }
  | { readonly kind: 'clock_leap'; readonly detail: string }
  | { readonly kind: 'market_paused'; readonly detail: string }
  | { readonly kind: 'decisions_pending' }
  | { readonly kind: 'repairs_under_way' }
  | { readonly kind: 'moved'; readonly slot: number };

/** Asks the store when it is the operator's turn. */
type Ask = <T>(statement: () => Promise<T>) => Promise<T>;

/**
 * Moves the clock of a manual market forward, of a closed one too: what it sold still runs and is earned. Bids acknowledged before the move are
 * decided before it, at the slot where they arrived; what slots that have run cost is booked in the same transaction. A paused market decides nothing, so
 * that one with a backlog has to be resumed first. Each statement takes its turn; waiting for decisions holds none.
 */
export class AdvanceClock {
  constructor(
    private readonly store: ClockStore,
    private readonly clock: Clock,
    private readonly notify: (marketId: bigint) => void,
    private readonly inTurn: InTurn = atOnce,
  ) {}

  async run(move: ClockMove): Promise<ClockOutcome> {
    const { marketId, organisationId, slot } = move;
    const ask = this.asking(move);
    const market = await ask(() => this.store.findOwned(marketId, organisationId));
    if (!market) return { kind: 'market_unknown' };
    if (market.clock === 'manual' && market.slot === slot) return { kind: 'moved', slot: market.slot };
    const refusal = refusalOf(market, move) ?? (await this.untilDecided(market, move, ask));
    if (refusal) return refusal;
    const slotBefore = await this.untilFree(ask, () => this.store.advance(marketId, slot));
    if (slotBefore === undefined) return { kind: 'market_unknown' };
    if (slotBefore === 'held') return { kind: 'repairs_under_way' };
    return backwards(slotBefore, slot) ?? { kind: 'moved', slot };
  }

  /** Moves the clock, once those are dealt with whom a window has hit. */
  private async untilFree<T>(ask: Ask, advance: () => Promise<T | 'held'>): Promise<T | 'held'> {
    const endMs = this.clock.nowMs() + DECISIONS_WAIT_MS;
    for (let lookMs = LOOK_MS_MIN; ; lookMs = Math.min(2 * lookMs, LOOK_MS_MAX)) {
      const before = await ask(advance);
      if (before !== 'held' || this.clock.nowMs() >= endMs) return before;
      await sleep(lookMs);
    }
  }

  private asking({ organisationId, tenantId = organisationId }: ClockMove): Ask {
    return (statement) => this.inTurn({ tenantId, organisationId }, statement);
  }

  /** @returns why the bids that wait now are not decided, if they aren't. */
  private async untilDecided(
    { marketId, status }: ClockMarket,
    { organisationId }: ClockMove,
    ask: Ask,
  ): Promise<ClockOutcome | undefined> {
    const last = await ask(() => this.store.lastUndecided(marketId));
    if (last === undefined) return undefined;
    if (status === 'paused') return this.paused(marketId, ask);
    this.notify(marketId);
    const endMs = this.clock.nowMs() + DECISIONS_WAIT_MS;
    const isPending = (): Promise<boolean> => ask(() => this.store.hasUndecidedUpTo(marketId, last));
    for (let lookMs = LOOK_MS_MIN; await isPending(); lookMs = Math.min(2 * lookMs, LOOK_MS_MAX)) {
      if (this.clock.nowMs() >= endMs) return { kind: 'decisions_pending' };
      await sleep(lookMs);
      const now = await ask(() => this.store.findOwned(marketId, organisationId));
      if (now?.status === 'paused') return this.paused(marketId, ask);
    }
    return undefined;
  }

  private async paused(marketId: bigint, ask: Ask): Promise<ClockOutcome> {
    const count = await ask(() => this.store.undecidedCount(marketId));
    const bids = count === 1 ? '1 bid that is' : `${count} bids that are`;
    return {
      kind: 'market_paused',
      detail: `The market is paused and has ${bids} not decided; they arrived before the move, so they have to be decided before it.`,
    };
  }
}

function refusalOf(market: ClockMarket, { slot, mayLeap = true }: ClockMove): ClockOutcome | undefined {
  if (market.clock !== 'manual') return { kind: 'not_manual' };
  return backwards(market.slot, slot) ?? beyondReach(market, slot) ?? (mayLeap ? undefined : leap(market, slot));
}

const backwards = (from: number, to: number): ClockOutcome | undefined => (to < from ? { kind: 'clock_backwards', slot: from } : undefined);

/** Whatever is sold has to run: as long as a market sells, its clock leaves room for the slots on sale. */
function beyondReach({ status, horizonSlots }: ClockMarket, slot: number): ClockOutcome | undefined {
  const last = status === 'closed' ? SLOT_MAX : SLOT_MAX - horizonSlots;
  if (!(slot > last)) return undefined;
  const message = `must be at most ${last}: clocks end at slot ${SLOT_MAX}, and the ${horizonSlots} slots on sale have to run before; close the market to go on`;
  return { kind: 'faults', faults: [{ path: '$.slot', message }] };
}

function leap({ slot: from, horizonSlots }: ClockMarket, to: number): ClockOutcome | undefined {
  if (to - from <= horizonSlots) return undefined;
  return {
    kind: 'clock_leap',
    detail: `From slot ${from} to slot ${to} are ${to - from} slots, and ${horizonSlots} are on sale: all that is sold would have run.`,
  };
}
