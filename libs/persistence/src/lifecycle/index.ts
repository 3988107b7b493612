/** Life after the sale, over Postgres: what became of allocations, windows, and whom they hit. */
export { createAllocationReader } from './allocation-reader.js';
export { createCancellationStore } from './cancellation-store.js';
export { createRepairStore } from './repair-store.js';
export { createWindowsReader, createWindowsWork } from './windows.js';
export { createBeatStore } from './beat-store.js';
export { createRecurringReader, createRecurringWork } from './recurring.js';
