import type { LogEvent } from '#log';
import { type BookTerms, madeOfAfter } from '../book/index.js';

/**
 * The market after an entry of its log that is no decision, as densities are measured on it: all of its capacity, whatever is withdrawn for a while.
 */
export function stateAfter(state: BookTerms, event: LogEvent): BookTerms {
  const { kind, payload } = event;
  if (kind === 'clock_advanced') return { ...state, head: { ...state.head, slot: payload.slot } };
  if (kind === 'status_changed') return { ...state, head: { ...state.head, status: payload.status } };
  if (kind === 'window_opened' || kind === 'window_settled' || kind === 'window_closed') return state;
  return madeOfAfter(state, event);
}
