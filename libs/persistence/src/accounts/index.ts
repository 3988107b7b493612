/** Balances, entries and deposits, over Prisma. */
export { createAccountsWork } from './accounts-work.js';
