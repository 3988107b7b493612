import type { AccountKind, TransferKind } from '#ledger';
import { type AccountRecord, type AccountsReader, type EntryRecord, seesAll } from '#market';
import { micros } from '#units';
import type { Pool } from 'pg';
import { isWithin } from '../tenancy/membership.js';

/** Of an organisation `o`: all its balances, of one moment. */
const ACCOUNTS = `
  SELECT o.id, o.parent_id, o.name, w.id AS account_id, w.balance_micros AS available, e.balance_micros AS held,
    coalesce(k.balance_micros, 0) AS retained, r.balance_micros AS revenue
  FROM organisation o
  JOIN account w ON w.organisation_id = o.id AND w.kind = 'wallet'
  JOIN account e ON e.organisation_id = o.id AND e.kind = 'escrow'
  LEFT JOIN account k ON k.organisation_id = o.id AND k.kind = 'retained'
  JOIN account r ON r.organisation_id = o.id AND r.kind = 'revenue'`;

/**
 * list-accounts: balances of an organisation and, where it oversees them, of those that it made.
 * Input:  organisation, whether it oversees others, organisation to go on after, limit. Output: rows by organisation, ascending.
 * Events: none.
 * Retry:  safe; it reads.
 */
const LIST_ACCOUNTS = `${ACCOUNTS} WHERE o.id IN (
    SELECT $1::bigint WHERE $1 > $3
    UNION ALL (SELECT c.id FROM organisation c WHERE $2 AND c.parent_id = $1 AND c.id > $3 ORDER BY c.id LIMIT $4)
  ) ORDER BY o.id LIMIT $4`;

/**
 * find-account: balances by a wallet, as an organisation may see them.
 * Input:  organisation, whether it oversees others, wallet. Output: at most one row.
 * Events: none.
 * Retry:  safe; it reads.
 */
const FIND_ACCOUNT = `${ACCOUNTS} WHERE w.id = $3 AND ${isWithin('$1', '$2')}`;

/**
 * list-entries: entries on all accounts of a wallet's organisation. Positions are given under the accounts' locks: none appears behind one that was
 * read. Of each account no more are read than the page holds.
 * Input:  organisation, whether it oversees others, wallet, position to go on after, limit. Output: entries by position. One row without an entry
 *         where there is none; no row: the organisation sees no such account.
 * Events: none.
 * Retry:  safe; it reads.
 */
const LIST_ENTRIES = `
  WITH seen AS (
    SELECT o.id FROM account w JOIN organisation o ON o.id = w.organisation_id
    WHERE w.id = $3 AND w.kind = 'wallet' AND ${isWithin('$1', '$2')}
  )
  SELECT p.position, p.transfer_id, t.kind::text AS kind, p.account, p.amount_micros, t.market_id, t.bid_id, t.slot, t.created_at
  FROM seen s LEFT JOIN LATERAL (
    SELECT e.*, a.kind::text AS account FROM account a
    CROSS JOIN LATERAL (SELECT * FROM entry WHERE account_id = a.id AND position > $4 ORDER BY position LIMIT $5) e
    WHERE a.organisation_id = s.id ORDER BY e.position LIMIT $5
  ) p ON true LEFT JOIN transfer t ON t.id = p.transfer_id ORDER BY p.position`;

interface AccountRow {
  readonly id: bigint;
  readonly parent_id: bigint | null;
  readonly name: string;
  readonly account_id: bigint;
  readonly available: bigint;
  readonly held: bigint;
  readonly retained: bigint;
  readonly revenue: bigint;
}

interface EntryRow {
  readonly position: bigint | null;
  readonly transfer_id: bigint;
  readonly kind: TransferKind;
  readonly account: AccountKind;
  readonly amount_micros: bigint;
  readonly market_id: bigint | null;
  readonly bid_id: bigint | null;
  readonly slot: number | null;
  readonly created_at: Date;
}

/** Accounts as the API shows them, over a pool. */
export function createAccountsReader(pool: Pool): AccountsReader {
  return {
    listAccounts: async (caller, { afterId, limit }) => {
      const values = [caller.organisationId, seesAll(caller), afterId, limit];
      return (await pool.query<AccountRow>({ name: 'list-accounts', text: LIST_ACCOUNTS, values })).rows.map(accountOf);
    },
    findAccount: async (caller, accountId) => {
      const values = [caller.organisationId, seesAll(caller), accountId];
      return (await pool.query<AccountRow>({ name: 'find-account', text: FIND_ACCOUNT, values })).rows.map(accountOf).at(0);
    },
    listEntries: async (caller, accountId, { afterId, limit }) => {
      const values = [caller.organisationId, seesAll(caller), accountId, afterId, limit];
      const { rows } = await pool.query<EntryRow>({ name: 'list-entries', text: LIST_ENTRIES, values });
      return rows.length === 0 ? undefined : rows.flatMap(entryOf);
    },
  };
}

const accountOf = (row: AccountRow): AccountRecord => ({
  accountId: row.account_id,
  organisationId: row.id,
  organisationName: row.name,
  parentId: row.parent_id,
  available: micros(row.available),
  held: micros(row.held),
  retained: micros(row.retained),
  revenue: micros(row.revenue),
});

function entryOf(row: EntryRow): EntryRecord[] {
  if (row.position === null) return [];
  return [
    {
      position: row.position,
      transferId: row.transfer_id,
      kind: row.kind,
      account: row.account,
      amount: micros(row.amount_micros),
      marketId: row.market_id,
      bidId: row.bid_id,
      slot: row.slot,
      createdAt: row.created_at,
    },
  ];
}
