import { setTimeout as sleep } from 'node:timers/promises';
import type { MarketHead } from '../book/index.js';
import type { Clock, ClockStore } from './ports.js';

/** How long a move waits for the decisions of bids acknowledged before it, and how often it looks: at first, and after a while, ms. */
export const DECISIONS_WAIT_MS = 10_000;
const LOOK_MS_MIN = 10;
const LOOK_MS_MAX = 80;

export interface ClockMove {
  readonly marketId: bigint;
  /** The slot to move to. */
  readonly slot: number;
  /** The operator who asks. */
  readonly organisationId: bigint;
}

/** In order of precedence. Moving to the slot where the clock stands changes nothing and is `moved`. */
export type ClockOutcome =
  | { readonly kind: 'market_unknown' }
  | { readonly kind: 'not_manual' }
  | { readonly kind: 'clock_backwards'; readonly slot: number }
  | { readonly kind: 'decisions_pending' }
  | { readonly kind: 'moved'; readonly slot: number };

/**
 * Moves the clock of a manual market forward, of a closed one too: what it sold still runs and is earned. Bids acknowledged before the move are decided before it, at the slot where they arrived;
 * slots that have run are earned in the same transaction.
 */
export class AdvanceClock {
  constructor(
    private readonly store: ClockStore,
    private readonly clock: Clock,
    private readonly ring: (marketId: bigint) => void,
  ) {}

  async run(move: ClockMove): Promise<ClockOutcome> {
    const head = await this.store.findOwned(move.marketId, move.organisationId);
    if (!head) return { kind: 'market_unknown' };
    const refusal = refusalOf(head, move.slot);
    if (refusal) return refusal;
    if (head.slot === move.slot) return { kind: 'moved', slot: head.slot };
    if (!(await this.decisionsMade(head))) return { kind: 'decisions_pending' };
    const slotBefore = await this.store.advance(move.marketId, move.slot);
    if (slotBefore === undefined) return { kind: 'market_unknown' };
    return refusalOf({ ...head, slot: slotBefore }, move.slot) ?? { kind: 'moved', slot: move.slot };
  }

  private async decisionsMade({ marketId }: MarketHead): Promise<boolean> {
    const last = await this.store.lastUndecided(marketId);
    if (last === undefined) return true;
    this.ring(marketId);
    const endMs = this.clock.nowMs() + DECISIONS_WAIT_MS;
    for (let lookMs = LOOK_MS_MIN; await this.store.hasUndecidedUpTo(marketId, last); lookMs = Math.min(2 * lookMs, LOOK_MS_MAX)) {
      if (this.clock.nowMs() >= endMs) return false;
      await sleep(lookMs);
    }
    return true;
  }
}

function refusalOf(head: MarketHead, slot: number): ClockOutcome | undefined {
  if (head.clock !== 'manual') return { kind: 'not_manual' };
  if (slot < head.slot) return { kind: 'clock_backwards', slot: head.slot };
  return undefined;
}
