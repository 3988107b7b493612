import { isRemaking, type LogEvent, type RemakingKind } from '#log';
import type { MarketState } from './market-state.js';
import { learntTerms } from './terms.js';
import type { CapacityWindow } from './windows.js';

/** What a market is made of, beside its clock and its sales. */
export type MadeOf = Pick<MarketState, 'terms' | 'resources' | 'sites' | 'windows'>;

/**
 * What an entry of the log does to that: stated once, for whoever goes through a log (the menu of a past moment, states of the past, learnt prices).
 * Entries that only sell, take back, or move the clock do nothing to it.
 */
export const madeOfAfter = <State extends MadeOf>(state: State, event: LogEvent): State =>
  isRemaking(event) ? remade(state, event) : state;

function remade<State extends MadeOf>(state: State, { kind, payload }: LogEvent<RemakingKind>): State {
  switch (kind) {
    case 'market_opened':
    case 'terms_changed':
      return { ...state, terms: payload.terms };
    case 'prices_changed':
      return { ...state, terms: learntTerms(state.terms, payload) };
    case 'site_added':
      return { ...state, sites: [...state.sites, siteIn(state, payload, state.sites.length)] };
    case 'capacity_changed':
      return {
        ...state,
        sites: state.sites.map((site) => (site.id === payload.siteId.toString() ? siteIn(state, payload, site.ordinal) : site)),
      };
    case 'window_opened':
      return { ...state, windows: [...(state.windows ?? []), windowIn(payload, state)] };
    case 'window_settled':
      return withWindow(state, payload.windowId, { isSettled: true });
    case 'window_closed':
      return withWindow(state, payload.windowId, { closedAt: payload.slot });
  }
}

type Payload<Kind extends LogEvent['kind']> = Extract<LogEvent, { kind: Kind }>['payload'];

const siteIn = (
  { resources }: MadeOf,
  { siteId, capacityMilli }: Payload<'site_added'>,
  ordinal: number,
): MarketState['sites'][number] => ({ id: siteId.toString(), ordinal, capacityMilli: resources.map((name) => capacityMilli[name] ?? 0) });

/** A window as the entry tells it that opened it. */
export function windowIn(
  { windowId, scope, siteId, amounts, from, to, taken }: Payload<'window_opened'>,
  { sites }: Pick<MadeOf, 'sites'>,
): CapacityWindow {
  const site = siteId === null ? null : (sites.find(({ id }) => id === siteId.toString())?.ordinal ?? null);
  return { windowId: windowId.toString(), scope, site, amounts, from, to, closedAt: null, taken, isSettled: false };
}

const withWindow = <State extends MadeOf>(state: State, windowId: bigint, change: Partial<CapacityWindow>): State => ({
  ...state,
  windows: (state.windows ?? []).map((window) => (window.windowId === windowId.toString() ? { ...window, ...change } : window)),
});
