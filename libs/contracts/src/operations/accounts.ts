import { defineOperations, MEMBERS, OPERATORS } from '../operation.js';
import { accountPage, accountsQuery, deposited, depositBody, entriesQuery, entryPage } from '../schemas/accounts.js';

const tag = 'accounts';

/** Operations on accounts. */
export const accountOperations = defineOperations({
  listAccounts: {
    method: 'GET',
    path: '/v1/accounts',
    tag,
    summary: 'Accounts with their balances',
    description: 'One per organisation that you may see. `held` is what accepted bids hold until their slots have run.',
    policy: MEMBERS,
    query: accountsQuery,
    responses: { 200: { description: 'A page of accounts, in the order in which their organisations were made', schema: accountPage } },
  },
  listEntries: {
    method: 'GET',
    path: '/v1/accounts/{accountId}/entries',
    tag,
    summary: 'The ledger entries of an account, oldest first',
    policy: MEMBERS,
    query: entriesQuery,
    responses: { 200: { description: 'A page of entries', schema: entryPage } },
  },
  deposit: {
    method: 'POST',
    path: '/v1/accounts/{accountId}/deposits',
    tag,
    summary: 'Put credits into an account',
    policy: OPERATORS,
    idempotent: true,
    body: depositBody,
    responses: { 201: { description: 'The balance after it', schema: deposited, headers: ['Idempotency-Replayed'] } },
    problems: ['key_reused', 'request_in_flight', 'balance_limit'],
  },
});
