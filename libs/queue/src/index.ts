/** The bell: wake-up jobs over BullMQ, on Redis or on Postgres. A hint only: what has to be done stands in the database. */
export { createBell, type Bell, type TraceCarrier } from './bell.js';
export { createBellListener, type BellListener, type ListenerOptions } from './listener.js';
export type { BellSite } from './connection.js';
