import type { AccountKind, AccountsTx, EntryRecord, TransferKind } from '#market';
import { micros } from '#units';
import type { PrismaTx } from '../cold-work.js';

type EntriesTx = Pick<AccountsTx, 'listEntries' | 'deposit'>;

/** Entries and deposits over a transaction of Prisma's. */
export function entriesTx(db: PrismaTx): EntriesTx {
  return {
    listEntries: async (organisationId, range) => (await listRows(db, organisationId, range)).map(recordOf),
    deposit: ({ operatorId, walletId, amount }) => deposit(db, { operatorId, walletId, amount }),
  };
}

interface Row {
  readonly position: bigint;
  readonly transfer_id: bigint;
  readonly kind: TransferKind;
  readonly account: AccountKind;
  readonly amount_micros: bigint;
  readonly market_id: bigint | null;
  readonly bid_id: bigint | null;
  readonly slot: number | null;
  readonly created_at: Date;
}

/**
 * list-entries: entries on all accounts of an organisation. Positions are given under the accounts' locks: none appears behind one that was read.
 * Input:  organisation, position to go on after, limit. Output: entries by position.
 * Events: none.
 * Retry:  safe; it reads.
 */
function listRows(db: PrismaTx, organisationId: bigint, { after, limit }: { after: bigint; limit: number }): Promise<Row[]> {
  return db.$queryRaw<Row[]>`
    SELECT e.position, e.transfer_id, t.kind::text AS kind, a.kind::text AS account, e.amount_micros, t.market_id, t.bid_id, t.slot, t.created_at
    FROM account a JOIN entry e ON e.account_id = a.id JOIN transfer t ON t.id = e.transfer_id
    WHERE a.organisation_id = ${organisationId} AND e.position > ${after}
    ORDER BY e.position LIMIT ${limit}::int`;
}

const recordOf = (row: Row): EntryRecord => ({
  position: row.position,
  transferId: row.transfer_id,
  kind: row.kind,
  account: row.account,
  amount: micros(row.amount_micros),
  marketId: row.market_id,
  bidId: row.bid_id,
  slot: row.slot,
  createdAt: row.created_at,
});

/** Entries and balances follow by the ledger's trigger. */
async function deposit(db: PrismaTx, { operatorId, walletId, amount }: Parameters<EntriesTx['deposit']>[0]): Promise<void> {
  const funding = await db.account.findUniqueOrThrow({ where: { organisationId_kind: { organisationId: operatorId, kind: 'funding' } } });
  await db.transfer.createMany({ data: { kind: 'deposit', debitAccountId: funding.id, creditAccountId: walletId, amountMicros: amount } });
}
