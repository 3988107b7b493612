import { micros, type Micros } from '#units';

/** The highest level that there is: what an amount may be at most. */
export const LEVEL_MICROS_MAX = 999_999_999_999_999;

/**
 * Flat prices by share (flat.ts) at a level that is learnt from the bids so far: a unit of resource k costs level / C_k in a slot. Each bid, accepted or not,
 * reports its density (density.ts) and what it would take; the level is what clears the demand of the slots before (clearing.ts), where of those who lift it
 * most only what they paid counts (guard.ts). It is posted before each bid and never depends on it, so that the auction stays truthful in f.
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
}

/** The rule without an operator's wishes: nothing is known yet, so the first bid is asked nothing. */
export const NEW_LEARNING_RULE: LearningRule = {
  kind: 'learning',
  level: micros(0n),
  learns: true,
  floor: micros(0n),
  ceiling: micros(BigInt(LEVEL_MICROS_MAX)),
};
