/** Clocks: manual ones moved by the operator, realtime ones by the worker. What has run is earned. */
export { AdvanceClock, DECISIONS_WAIT_MS, type ClockMove, type ClockOutcome } from './advance-clock.js';
export { TickRealtime } from './tick-realtime.js';
export type { Clock, ClockStore, RealtimeMarket } from './ports.js';
