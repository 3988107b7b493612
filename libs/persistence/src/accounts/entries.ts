import type { AccountsTx } from '#market';
import type { PrismaTx } from '../cold-work.js';

type EntriesTx = Pick<AccountsTx, 'deposit'>;

/** Deposits over a transaction of Prisma's. Entries and balances follow by the ledger's trigger. */
export const entriesTx = (db: PrismaTx): EntriesTx => ({
  deposit: async ({ operatorId, walletId, amount }) => {
    const funding = await db.account.findUniqueOrThrow({ where: { organisationId_kind: { organisationId: operatorId, kind: 'funding' } } });
    await db.transfer.createMany({
      data: { kind: 'deposit', debitAccountId: funding.id, creditAccountId: walletId, amountMicros: amount },
    });
  },
});
