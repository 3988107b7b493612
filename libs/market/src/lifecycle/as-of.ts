import type { LogEvent } from '#log';
import type { Footprint } from '#mechanism';
import { invariant } from '#units';
import type { CapacityWindow, MarketState, SlotUsage } from '../book/index.js';

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

/** What an entry of the log does to that. Entries that only sell, or move the clock, do nothing to it. */
export function termsAfter(terms: MarketTermsThen, { kind, payload }: LogEvent): MarketTermsThen {
  switch (kind) {
    case 'market_opened':
    case 'terms_changed':
      return { ...terms, terms: payload.terms };
    case 'prices_changed':
      invariant(terms.terms.prices.kind === 'learning', 'a level is learnt by a rule that learns');
      return { ...terms, terms: { ...terms.terms, prices: { ...terms.terms.prices, level: payload.levelMicros } } };
    case 'site_added':
      return {
        ...terms,
        sites: [...terms.sites, { id: payload.siteId.toString(), ordinal: terms.sites.length, capacityMilli: inOrder(payload, terms) }],
      };
    case 'capacity_changed':
      return {
        ...terms,
        sites: terms.sites.map((site) =>
          site.id === payload.siteId.toString() ? { ...site, capacityMilli: inOrder(payload, terms) } : site,
        ),
      };
    case 'window_opened':
      return { ...terms, windows: [...(terms.windows ?? []), windowIn(payload, terms)] };
    case 'window_settled':
      return withWindow(terms, payload.windowId, { isSettled: true });
    case 'window_closed':
      return withWindow(terms, payload.windowId, { closedAt: payload.slot });
    case 'status_changed':
    case 'clock_advanced':
    case 'bid_accepted':
    case 'bid_refused':
    case 'allocation_repaired':
    case 'allocation_failed':
    case 'allocation_left':
      return terms;
  }
}

const inOrder = (
  { capacityMilli }: { readonly capacityMilli: Readonly<Record<string, number>> },
  { resources }: MarketTermsThen,
): number[] => resources.map((name) => capacityMilli[name] ?? 0);

/** A window as the entry tells it that opened it. */
export function windowIn(
  { windowId, scope, siteId, amounts, from, to, taken }: Extract<LogEvent, { kind: 'window_opened' }>['payload'],
  { sites }: Pick<MarketTermsThen, 'sites'>,
): CapacityWindow {
  const site = siteId === null ? null : (sites.find(({ id }) => id === siteId.toString())?.ordinal ?? null);
  return { windowId: windowId.toString(), scope, site, amounts, from, to, closedAt: null, taken, isSettled: false };
}

const withWindow = (terms: MarketTermsThen, windowId: bigint, change: Partial<CapacityWindow>): MarketTermsThen => ({
  ...terms,
  windows: (terms.windows ?? []).map((window) => (window.windowId === windowId.toString() ? { ...window, ...change } : window)),
});

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
