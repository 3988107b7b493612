/** Connections: a pool for the hot path, a unit of work for the cold ones. */
export { COLD_CONNECTIONS, createBase, type Base } from './base.js';
export { createPool, type PoolOptions } from './pool.js';
export { StatementBatcher } from './statement-batcher.js';
