/** Use cases of the marketplace and the ports they need. */
export * from './accepting/index.js';
export * from './accounts/index.js';
export * from './book/index.js';
export * from './catalogue/index.js';
export * from './clock/index.js';
export * from './deciding/index.js';
export * from './idempotency/index.js';
export * from './lifecycle/index.js';
export * from './limiting/index.js';
export * from './pace/index.js';
export type { PageRange } from './page.js';
export * from './protocol.js';
export * from './quoting/index.js';
export * from './reading/index.js';
export * from './receipts/index.js';
export * from './tenancy/index.js';
export * from './thinking/index.js';
export type { UnitOfWork } from './unit-of-work.js';
