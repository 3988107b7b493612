import type { Kinds } from '#kinds';
import { cellCountOf } from '#mechanism';
import { type BookTerms, type SlotUsage, specOf } from '../book/index.js';
import { planOf } from '../lifecycle/live.js';
import type { SoldPart } from './ports.js';

/** What is sold by plans, each as far as it is in force; slots ascend. @param state the market that they were sold in. */
export function usageOfPlans(plans: readonly SoldPart[], state: BookTerms, kinds: Kinds): SlotUsage[] {
  const spec = specOf(state);
  const [first, end] = [state.head.slot, state.head.slot + state.horizonSlots];
  const cellCount = cellCountOf(state.sites.length, state.resources.length);
  const bySlot = new Map<number, number[]>();
  for (const { from, until, ...plan } of plans)
    for (const { slot, cells, quantitiesMilli } of planOf({ state, spec }, kinds, plan).footprint) {
      if (slot < Math.max(first, from) || slot >= Math.min(end, until ?? end)) continue;
      const used = bySlot.get(slot) ?? new Array<number>(cellCount).fill(0);
      for (const [index, cell] of cells.entries()) used[cell] = (used[cell] ?? 0) + (quantitiesMilli[index] ?? 0);
      bySlot.set(slot, used);
    }
  return [...bySlot].sort(([a], [b]) => a - b).map(([slot, usedMilli]) => ({ slot, usedMilli }));
}
