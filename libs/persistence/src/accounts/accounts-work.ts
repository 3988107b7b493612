import type { AccountsTx, UnitOfWork } from '#market';
import { coldWork, type PrismaTx } from '../cold-work.js';
import { idempotencyTx } from '../idempotency/index.js';
import { balancesTx } from './balances.js';
import { entriesTx } from './entries.js';

/** Accounts in Postgres. */
export const createAccountsWork = (base: UnitOfWork<PrismaTx>): UnitOfWork<AccountsTx> =>
  coldWork(base, (db) => ({ ...balancesTx(db), ...entriesTx(db), ...idempotencyTx(db) }));
