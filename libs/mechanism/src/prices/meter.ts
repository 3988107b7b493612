/** Steps (oracle/steps.ts) that a price takes at least. */
export const QUICK_STEPS = 20;

/** What pricing has cost by now beyond QUICK_STEPS a price, in steps. */
export interface PriceMeter {
  steps: number;
}
