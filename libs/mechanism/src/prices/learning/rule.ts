import { micros, type Micros } from '#units';

/** The highest level that there is: what an amount may be at most. */
export const LEVEL_MICROS_MAX = 999_999_999_999_999;

/**
 * Flat prices by share (flat.ts) at a level that is learnt from the bids so far: a unit of resource k costs level / C_k in a slot. Each bid, accepted or not,
 * reports its density (density.ts) and what it would take; the level is what clears the demand of the slots before (clearing.ts), where no organisation's reports
 * count for more than a twentieth of it, once there is a horizon of slots to look back at, and of those who lift it most no density counts that is far above what the others clear at (guard.ts). It is posted before each bid and never depends on it, so that the auction stays truthful in f.
 */
export interface LearningRule {
  readonly kind: 'learning';
  /** The level now: what bids are asked until it is learnt anew. */
  readonly level: Micros;
  /** Whether it moves: false holds it where it is, and bids are measured all the same. */
  readonly learns: boolean;
  /** No lower and no higher than these, whatever is learnt. */
  readonly floor: Micros;
  readonly ceiling: Micros;
  /** Whether too few bids were measured to know any level (OPENING_BIDS): until then bids may only use the next slots (reachOf). */
  readonly opening: boolean;
  /** Percent of what the market has in the slots looked back at, that the bids of one organisation count for at most; 100 for no cap. */
  readonly shareCap: number;
}

/** Whole percent: no cap at all. */
export const SHARE_CAP_NONE = 100;

/** Bids that are measured before a market is no longer opening. */
export const OPENING_BIDS = 3;
/** What an opening market sells: a tenth of the slots on sale, and no fewer than these. */
const OPENING_PERCENT = 10;
const OPENING_SLOTS_MIN = 4;

/**
 * How many slots from its first one on a bid may use. All of them, but for an opening market: its first bids are asked nothing, whatever they are worth, and
 * one that is worth next to nothing would take all there is for as long as it likes. It gets a tenth of the slots.
 */
export const reachOf = (rule: { readonly kind: string; readonly opening?: boolean }, slotCount: number): number =>
  rule.kind === 'learning' && rule.opening === true
    ? Math.min(slotCount, Math.max(OPENING_SLOTS_MIN, Math.ceil((slotCount * OPENING_PERCENT) / 100)))
    : slotCount;

/** The rule once a level was learnt from so many bids. */
export const learntRule = (
  rule: LearningRule,
  { levelMicros, bids }: { readonly levelMicros: Micros; readonly bids: number },
): LearningRule => ({
  ...rule,
  level: levelMicros,
  opening: rule.opening && bids < OPENING_BIDS,
});

/** The rule without an operator's wishes: nothing is known yet, so the first bid is asked nothing. */
export const NEW_LEARNING_RULE: LearningRule = {
  kind: 'learning',
  level: micros(0n),
  learns: true,
  floor: micros(0n),
  ceiling: micros(BigInt(LEVEL_MICROS_MAX)),
  opening: true,
  shareCap: SHARE_CAP_NONE,
};
