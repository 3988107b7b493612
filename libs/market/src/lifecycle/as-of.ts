import type { Footprint } from '#mechanism';
import { invariant } from '#units';
import type { MarketState, SlotUsage } from '../book/index.js';

/** What a market was made of before a decision, but for its sales. */
export type MarketTermsThen = Omit<MarketState, 'usage' | 'head' | 'priceVersion'>;

/** A plan that was sold, while it was in force. */
export interface SoldPlan {
  /** The entry that sold it, and the one that took it back, where one has. */
  readonly since: bigint;
  readonly until: bigint | undefined;
  readonly footprint: Footprint;
}

/** A market before anything happened in it. */
export const emptyTerms = (market: MarketTermsThen): MarketTermsThen => ({ ...market, sites: [], windows: [] });

/** A decision whose moment is asked for. */
export interface Moment {
  readonly sequence: bigint;
  readonly arrivalSlot: number;
}

/** The market as a bid saw it that was decided at `sequence`: with what was sold before it and not taken back yet. */
export function marketAt(
  terms: MarketTermsThen,
  plans: readonly SoldPlan[],
  { marketId, clock, sequence, arrivalSlot }: Moment & { readonly marketId: bigint; readonly clock: 'manual' | 'realtime' },
): MarketState {
  const slot = clock === 'manual' ? arrivalSlot : arrivalSlot - 1;
  invariant(slot >= 0, 'a bid is decided where a clock has been');
  const before = sequence - 1n;
  const inForce = plans.filter(({ since, until }) => since < sequence && (until === undefined || until >= sequence));
  return {
    ...terms,
    head: { marketId, sequence: before, status: 'open', clock, slot },
    priceVersion: before,
    usage: usageIn(inForce, slot, terms),
  };
}

function usageIn(plans: readonly SoldPlan[], from: number, { resources, sites, horizonSlots }: MarketTermsThen): SlotUsage[] {
  const cellCount = 1 + sites.length * resources.length;
  const bySlot = new Map<number, number[]>();
  for (const { footprint } of plans)
    for (const { slot, cells, quantitiesMilli } of footprint) {
      if (slot < from || slot >= from + horizonSlots) continue;
      let used = bySlot.get(slot);
      if (!used) bySlot.set(slot, (used = new Array<number>(cellCount).fill(0)));
      for (const [index, cell] of cells.entries()) used[cell] = (used[cell] ?? 0) + (quantitiesMilli[index] ?? 0);
    }
  return [...bySlot].sort(([a], [b]) => a - b).map(([slot, usedMilli]) => ({ slot, usedMilli }));
}
