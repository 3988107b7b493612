/** Clocks: manual ones moved by the operator, realtime ones by the worker. What has run is booked. */
export { AdvanceClock, DECISIONS_WAIT_MS, type ClockMove, type ClockOutcome } from './advance-clock.js';
export { TickRealtime } from './tick-realtime.js';
export { SLOT_MAX, type Clock, type ClockMarket, type ClockStore, type RealtimeMarket } from './ports.js';
