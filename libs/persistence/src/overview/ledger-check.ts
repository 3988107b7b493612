import type { Pool } from 'pg';
import { at, lastOf } from '#units';
import { columnsOf } from '../hot/columns.js';

/** What a check of the ledger found. */
export interface LedgerFinding {
  /** The sum of all balances, micro-credits: 0 unless something is broken. */
  readonly imbalanceMicros: bigint;
  readonly accountsChecked: number;
  /** Accounts whose balance is not the sum of their entries. */
  readonly brokenAccounts: readonly bigint[];
}

/** How far an account's entries have been added up. */
interface Checkpoint {
  readonly position: bigint;
  readonly sumMicros: bigint;
}

/** Accounts of one check, and accounts whose sums are remembered. */
const ACCOUNTS_PER_CHECK = 25;
const CHECKPOINTS_MAX = 50_000;
const NOTHING_SUMMED: Checkpoint = { position: 0n, sumMicros: 0n };

/** sum-balances: the sum of all balances. Input: none. Output: one row. Events: none. Retry: safe; it reads. */
const SUM_BALANCES = `SELECT coalesce(sum(balance_micros), 0)::text AS sum FROM account`;

/** next-accounts: accounts after one. Input: account, how many. Output: ids. Events: none. Retry: safe; it reads. */
const NEXT_ACCOUNTS = `SELECT id FROM account WHERE id > $1 ORDER BY id LIMIT $2`;

/**
 * add-up-accounts: balances, and entries beyond what was added up before, as of one moment.
 * Input:  accounts, positions. Output: per account balance, sum of the entries after the position, the last position.
 * Events: none.
 * Retry:  safe; it reads.
 */
const ADD_UP = `
  SELECT a.id, a.balance_micros AS balance, e.sum::text AS sum, e.last
  FROM unnest($1::bigint[], $2::bigint[]) AS asked(id, position) JOIN account a USING (id),
    LATERAL (SELECT coalesce(sum(amount_micros), 0) AS sum, coalesce(max(position), asked.position) AS last
      FROM entry WHERE account_id = a.id AND position > asked.position) e`;

interface AccountRow {
  readonly id: bigint;
  readonly balance: bigint;
  readonly sum: string;
  readonly last: bigint;
}

/**
 * A cheap check of the ledger's laws, to be run now and then: all balances together are zero, and the balance of a few accounts, others
 * each time, is the sum of their entries. What has been added up is not added up again: an account's entries appear in order of position.
 */
export function createLedgerCheck(pool: Pool): { run(): Promise<LedgerFinding> } {
  const checkpoints = new Map<bigint, Checkpoint>();
  let afterId = 0n;
  return {
    run: async () => {
      const { rows: sums } = await pool.query<{ sum: string }>({ name: 'sum-balances', text: SUM_BALANCES });
      const { rows: next } = await pool.query<{ id: bigint }>({
        name: 'next-accounts',
        text: NEXT_ACCOUNTS,
        values: [afterId, ACCOUNTS_PER_CHECK],
      });
      afterId = next.length < ACCOUNTS_PER_CHECK ? 0n : lastOf(next).id;
      const brokenAccounts = await addUp(
        pool,
        checkpoints,
        next.map(({ id }) => id),
      );
      return { imbalanceMicros: BigInt(at(sums, 0).sum), accountsChecked: next.length, brokenAccounts };
    },
  };
}

/** @returns the accounts whose balance differs from the sum of their entries. */
async function addUp(pool: Pool, checkpoints: Map<bigint, Checkpoint>, ids: readonly bigint[]): Promise<bigint[]> {
  const before = (id: bigint): Checkpoint => checkpoints.get(id) ?? NOTHING_SUMMED;
  const values = columnsOf(
    ids,
    (id) => id,
    (id) => before(id).position,
  );
  const { rows } = await pool.query<AccountRow>({ name: 'add-up-accounts', text: ADD_UP, values });
  const broken: bigint[] = [];
  for (const { id, balance, sum, last } of rows) {
    const sumMicros = before(id).sumMicros + BigInt(sum);
    if (sumMicros !== balance) broken.push(id);
    if (checkpoints.size < CHECKPOINTS_MAX || checkpoints.has(id)) checkpoints.set(id, { position: last, sumMicros });
  }
  return broken;
}
