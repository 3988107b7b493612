import type { AccountKind } from '#ledger';
import type { AccountsTx } from '#market';
import { invariant, micros, type Micros } from '#units';
import type { PrismaTx } from '../cold-work.js';

type EntriesTx = Pick<AccountsTx, 'lockForDeposit' | 'deposit'>;

/** Deposits over a transaction of Prisma's. Entries and balances follow by the ledger's trigger. */
export const entriesTx = (db: PrismaTx): EntriesTx => ({
  lockForDeposit: (ends) => lockForDeposit(db, ends),
  deposit: async ({ operatorId, walletId, amount }) => {
    const funding = await db.account.findUniqueOrThrow({ where: { organisationId_kind: { organisationId: operatorId, kind: 'funding' } } });
    await db.transfer.createMany({
      data: { kind: 'deposit', debitAccountId: funding.id, creditAccountId: walletId, amountMicros: amount },
    });
  },
});

/**
 * lock-for-deposit: the balances that a deposit changes, locked as the ledger's trigger locks them: in the order of ids, with the operator's wallet.
 * Input:  operator, wallet. Output: one row per account.
 * Events: none.
 * Retry:  safe.
 */
async function lockForDeposit(
  db: PrismaTx,
  { operatorId, walletId }: Parameters<AccountsTx['lockForDeposit']>[0],
): Promise<{ funding: Micros; wallet: Micros }> {
  const rows = await db.$queryRaw<{ id: bigint; kind: AccountKind; balance_micros: bigint }[]>`
    SELECT id, kind::text AS kind, balance_micros FROM account
    WHERE id = ${walletId} OR organisation_id = ${operatorId} AND kind IN ('funding', 'wallet') ORDER BY id FOR NO KEY UPDATE`;
  const balanceOf = (isIt: (row: (typeof rows)[number]) => boolean): Micros => {
    const row = rows.find(isIt);
    invariant(row !== undefined, 'an operator has a funding account, and a wallet that was found stays');
    return micros(row.balance_micros);
  };
  return { funding: balanceOf(({ kind }) => kind === 'funding'), wallet: balanceOf(({ id }) => id === walletId) };
}
