/** Balances and entries, read over pg; deposits, over Prisma. */
export { createAccountsReader } from './accounts-reader.js';
export { createAccountsWork } from './accounts-work.js';
