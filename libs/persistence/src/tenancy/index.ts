/** Organisations and keys: changed over Prisma, looked up and listed over pg. */
export { createCallerFinder, createRevokedFinder, type CallerRow } from './callers.js';
export { createEndedFinder, createSessionStore } from './sessions.js';
export { createKeyUseStore, createTenancyReader } from './tenancy-reader.js';
export { createTenancyWork } from './tenancy-work.js';
