/** Organisations and keys, over Prisma. */
export { createTenancyWork } from './tenancy-work.js';
