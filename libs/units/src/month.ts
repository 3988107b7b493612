import { parseMicros } from './micros.js';
import { invariant } from './invariant.js';

/** An entry of an account as the API tells it. */
export interface DatedAmount {
  /** Which account of an organisation. */
  readonly account: string;
  /** Credits as text, of either sign. */
  readonly amount: string;
  /** ISO 8601, universal time. */
  readonly createdAt: string;
}

/** What an account held before a month and after it, and what moved in it: micro-credits. */
export interface MonthBalance {
  readonly account: string;
  readonly opening: bigint;
  readonly moved: bigint;
  readonly closing: bigint;
}

/** The month of universal time that an entry is of, such as 2026-11. */
export const monthOf = ({ createdAt }: Pick<DatedAmount, 'createdAt'>): string => createdAt.slice(0, 7);

/** Balances around a month. @param rows all entries, from the first one on */
export function balancesOf(rows: readonly DatedAmount[], month: string): MonthBalance[] {
  const accounts = [...new Set(rows.map(({ account }) => account))];
  return accounts.map((account) => {
    const own = rows.filter((row) => row.account === account);
    const opening = sumOf(own.filter((row) => monthOf(row) < month));
    const moved = sumOf(own.filter((row) => monthOf(row) === month));
    return { account, opening, moved, closing: opening + moved };
  });
}

function sumOf(rows: readonly DatedAmount[]): bigint {
  return rows.reduce((sum, { amount }) => {
    const micros = parseMicros(amount);
    invariant(micros !== undefined, 'the API tells amounts');
    return sum + micros;
  }, 0n);
}
