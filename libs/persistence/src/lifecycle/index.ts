/** What became of what was sold, over a pool. */
export { createAllocationReader } from './allocation-reader.js';
