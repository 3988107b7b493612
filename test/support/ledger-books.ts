import type { Account, AccountKind, Entry, Hold, Ledger, Transfer } from '#ledger';
import { micros, type Micros } from '#units';
import type { Pool } from 'pg';

/** Reads the books of some organisations as the pure ledger keeps them, so that the same laws can be asked of both. One statement, one moment. */
export async function readBooks(pool: Pool, ownerIds: readonly bigint[]): Promise<Ledger> {
  const { rows } = await pool.query<BooksRow>(BOOKS, [ownerIds]);
  const [{ accounts, entries, holds }] = rows;
  return {
    accounts: new Map(
      accounts.map(({ id, ownerId, kind, balance }) => [
        BigInt(id),
        { id: BigInt(id), ownerId: BigInt(ownerId), kind, balance: amountIn(balance) },
      ]),
    ),
    entries: entries.map(({ accountId, amount }): Entry => ({ accountId: BigInt(accountId), amount: amountIn(amount) })),
    holds: new Map(holds.map(({ bidId, ...hold }): [bigint, Hold] => [BigInt(bidId), holdOf(hold)])),
  };
}

type Text<T> = { readonly [Key in keyof T]: string };
type HoldRow = Text<Pick<Hold, 'escrowId' | 'amount' | 'left' | 'retained'>> & {
  readonly endedSlots: readonly number[];
  readonly retainedId: string | null;
  readonly isEarned: boolean;
};

interface BooksRow {
  readonly accounts: readonly (Text<{ id: bigint; ownerId: bigint; balance: Micros }> & { readonly kind: AccountKind })[];
  readonly entries: readonly Text<Entry>[];
  readonly holds: readonly (HoldRow & { readonly bidId: string })[];
}

const amountIn = (text: string): Micros => micros(BigInt(text));
const holdOf = ({ escrowId, amount, left, endedSlots, retainedId, retained, isEarned }: HoldRow): Hold => ({
  escrowId: BigInt(escrowId),
  amount: amountIn(amount),
  left: amountIn(left),
  endedSlots: new Set(endedSlots),
  retainedId: retainedId === null ? undefined : BigInt(retainedId),
  retained: amountIn(retained),
  isEarned,
});

const BOOKS = `
  WITH own AS (SELECT * FROM account WHERE organisation_id = ANY($1::bigint[])),
  held AS (
    SELECT h.bid_id, h.credit_account_id, h.amount_micros,
      coalesce(sum(e.amount_micros) FILTER (WHERE e.kind IN ('capture', 'void', 'retain')), 0)::bigint AS ended,
      coalesce(sum(CASE e.kind WHEN 'retain' THEN e.amount_micros ELSE -e.amount_micros END) FILTER (WHERE e.kind IN ('retain', 'earn', 'refund')), 0)::bigint AS retained,
      min(e.credit_account_id) FILTER (WHERE e.kind = 'retain') AS retained_id, count(*) FILTER (WHERE e.kind = 'earn') > 0 AS is_earned,
      coalesce(json_agg(e.slot ORDER BY e.id) FILTER (WHERE e.kind IN ('capture', 'retain')), '[]') AS slots
    FROM transfer h LEFT JOIN transfer e ON e.bid_id = h.bid_id AND e.kind <> 'hold'
    WHERE h.kind = 'hold' AND h.credit_account_id IN (SELECT id FROM own) GROUP BY h.id
  )
  SELECT
    (SELECT coalesce(json_agg(json_build_object('id', id::text, 'ownerId', organisation_id::text, 'kind', kind, 'balance', balance_micros::text)), '[]') FROM own) AS accounts,
    (SELECT coalesce(json_agg(json_build_object('accountId', account_id::text, 'amount', amount_micros::text) ORDER BY position), '[]')
      FROM entry WHERE account_id IN (SELECT id FROM own)) AS entries,
    (SELECT coalesce(json_agg(json_build_object('bidId', bid_id::text, 'escrowId', credit_account_id::text, 'amount', amount_micros::text,
      'left', (amount_micros - ended)::text, 'endedSlots', slots, 'retained', retained::text, 'retainedId', retained_id::text, 'isEarned', is_earned)), '[]') FROM held) AS holds`;

/** Writes transfers in one statement, as the hot path does. */
export async function insertTransfers(pool: Pool, marketId: bigint, transfers: readonly Transfer[]): Promise<void> {
  const column = (value: (transfer: Transfer) => unknown): unknown[] => transfers.map(value);
  const values = [
    column(({ kind }) => kind),
    column(({ debitId }) => debitId),
    column(({ creditId }) => creditId),
    column(({ amount }) => amount),
    column((transfer) => ('bidId' in transfer ? transfer.bidId : null)),
    column((transfer) => ('slot' in transfer ? transfer.slot : null)),
    marketId,
    column(({ kind }) => (MADE_BY_ENTRIES.has(kind) ? 1 : null)),
  ];
  await pool.query(INSERT, values);
}

/** Transfers that name the entry of the log that made them. */
const MADE_BY_ENTRIES: ReadonlySet<string> = new Set(['void', 'retain', 'earn', 'refund']);

const INSERT = `
  INSERT INTO transfer (kind, debit_account_id, credit_account_id, amount_micros, bid_id, slot, market_id, sequence)
  SELECT kind::transfer_kind, debit, credit, amount, bid, slot, CASE WHEN kind = 'deposit' THEN NULL ELSE $7::bigint END, sequence
  FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::int[], $8::bigint[])
    AS t(kind, debit, credit, amount, bid, slot, sequence)`;

/** The accounts of an organisation by kind. */
export async function accountsOf(pool: Pool, ownerId: bigint): Promise<Record<AccountKind, Account>> {
  const { rows } = await pool.query<{ id: bigint; kind: AccountKind }>('SELECT id, kind::text FROM account WHERE organisation_id = $1', [
    ownerId,
  ]);
  return Object.fromEntries(rows.map(({ id, kind }) => [kind, { id, ownerId, kind }])) as Record<AccountKind, Account>;
}
