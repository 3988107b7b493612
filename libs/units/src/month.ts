import { csvOf } from './csv.js';
import { invariant } from './invariant.js';
import { parseMicros } from './micros.js';

/** An entry of an account as the API tells it. */
export interface DatedAmount {
  /** Which account of an organisation. */
  readonly account: string;
  /** Credits as text, of either sign. */
  readonly amount: string;
  /** ISO 8601, universal time. */
  readonly createdAt: string;
}

/** An entry of a statement, with what it was for. */
export interface StatementEntry extends DatedAmount {
  readonly transferId: string;
  readonly kind: string;
  readonly marketId: string | null;
  readonly bidId: string | null;
  readonly slot: number | null;
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

/** A statement as CSV: the same from the page and from the command line. */
export const statementCsv = (entries: readonly StatementEntry[]): string =>
  csvOf(
    ['transfer', 'at', 'kind', 'account', 'amount', 'market', 'bid', 'slot'],
    entries.map(({ transferId, createdAt, kind, account, amount, marketId, bidId, slot }) => [
      transferId,
      createdAt,
      kind,
      account,
      amount,
      marketId,
      bidId,
      slot,
    ]),
  );

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
