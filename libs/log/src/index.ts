/** The log of a market: which events there are, what each holds, who reads it and what it does to prices. No I/O. */
export { type BudgetCap, budgetCaps } from './caps.js';
export { UnreadableEntry } from './codec.js';
export { eventIn, type KeptEvent, payloadJson } from './entry.js';
export {
  type Audience,
  EVENT_KINDS,
  EVENT_TYPES,
  type EventKind,
  isEventKind,
  isRemaking,
  kindsFor,
  kindsThat,
  type LogEvent,
  movesPrices,
  type PayloadOf,
  type PriceEffect,
  type RemakingKind,
  WINDOW_CAUSES,
  type WindowCause,
} from './events.js';
export { refusal } from './refusal.js';
export { algorithmOf, HEARTBEATS, heartbeatsOf, type HeartbeatTerms, type MarketTerms, marketTerms, type Policy } from './terms.js';
