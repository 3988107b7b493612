/** Wake-up jobs over BullMQ, on Redis or on Postgres. A hint only: what has to be done stands in the database. */
export { createWakeUpQueue, type WakeUpQueue, type TraceCarrier } from './wake-up-queue.js';
export { createWakeUpListener, type WakeUpListener, type ListenerOptions } from './listener.js';
export type { QueueConnection } from './connection.js';
