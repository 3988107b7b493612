/** Connections: a pool for the hot path, a unit of work for the cold ones. */
export { createBase, type Base } from './base.js';
export { createPool, type PoolOptions } from './pool.js';
export { Together } from './together.js';
