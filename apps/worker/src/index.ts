/** For tests: the worker over a database that has its schema, and its parts. */
export { Journal } from './journal.js';
export { MarketRunner, type RunReport } from './market-runner.js';
export { openWorker } from './open-worker.js';
export type { WorkerSettings } from './settings.js';
export { Figures } from './watching/figures.js';
