import type { LogEvent } from '#log';
import { at, invariant } from '#units';
import type { BookTerms } from '../book/index.js';

/** The market after an entry of its log that is no decision. @throws InvariantBroken where a site lacks a resource. */
export function stateAfter(state: BookTerms, { kind, payload }: LogEvent): BookTerms {
  switch (kind) {
    case 'market_opened':
    case 'terms_changed':
      return { ...state, terms: payload.terms };
    case 'prices_changed':
      invariant(state.terms.prices.kind === 'learning', 'a level is learnt by a rule that learns');
      return { ...state, terms: { ...state.terms, prices: { ...state.terms.prices, level: payload.levelMicros } } };
    case 'site_added':
      return { ...state, sites: [...state.sites, siteIn(state, payload.siteId, payload.capacityMilli, state.sites.length)] };
    case 'capacity_changed':
      return {
        ...state,
        sites: state.sites.map((site) =>
          site.id === payload.siteId.toString() ? siteIn(state, payload.siteId, payload.capacityMilli, site.ordinal) : site,
        ),
      };
    case 'clock_advanced':
      return { ...state, head: { ...state.head, slot: payload.slot } };
    case 'status_changed':
      return { ...state, head: { ...state.head, status: payload.status } };
    case 'bid_accepted':
    case 'bid_refused':
    case 'allocation_repaired':
    case 'allocation_failed':
    case 'allocation_left':
    case 'window_opened':
    case 'window_settled':
    case 'window_closed':
      return state; // what is withdrawn for a while changes no density: those are of the market as a whole
  }
}

function siteIn(
  { resources }: BookTerms,
  siteId: bigint,
  capacityMilli: Readonly<Record<string, number>>,
  ordinal: number,
): BookTerms['sites'][number] {
  return { id: siteId.toString(), ordinal, capacityMilli: resources.map((name) => at(capacityMilli, name)) };
}
