/** Postgres: adapters of the market's ports. */
export * from './accounts/index.js';
export * from './budgets/index.js';
export * from './catalogue/index.js';
export { coldWork, type PrismaTx } from './cold-work.js';
export * from './embedded/index.js';
export * from './history/index.js';
export * from './hot/index.js';
export * from './learning/index.js';
export * from './lifecycle/index.js';
export * from './limiting/index.js';
export * from './migrations/index.js';
export * from './overview/index.js';
export * from './postgres/index.js';
export * from './reading/index.js';
export * from './receipts/index.js';
export * from './tenancy/index.js';
export * from './views/index.js';
