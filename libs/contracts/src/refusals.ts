/**
 * Why a bid is refused, in order of precedence: the first that applies is the answer. It is the mechanism's list in the API's words; a test holds
 * the two and docs/refusals.md together.
 */
export const REFUSAL_CODES = [
  'market_closed',
  'allocation_over',
  'cancellation_outdated',
  'quote_outdated',
  'no_data',
  'beyond_horizon',
  'no_feasible_schedule',
  'price_above_value',
  'insufficient_funds',
  'budget_exhausted',
] as const;
/** Why a bid is refused, in a word. */
export type RefusalCode = (typeof REFUSAL_CODES)[number];
