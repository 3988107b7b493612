import type { ItemOf } from '#sdk';
import { balancesOf, type MonthBalance, monthOf } from '#units';
import { microsOf } from './amounts.js';

/** An entry of an account as the API tells it. */
type Entry = ItemOf<'listEntries'>;

/** What an organisation's accounts held before and after a month, and what happened between. */
export interface Statement {
  readonly entries: readonly Entry[];
  readonly balances: readonly MonthBalance[];
  /** Accounts whose entries, from the first one on, do not come to the balance that the API tells. */
  readonly wrong: readonly string[];
}

/** What the API tells of each account of an organisation. */
export interface ToldBalances {
  readonly balance: { readonly available: string; readonly held: string };
  readonly retained: string;
  readonly revenue: string;
}

/** The statement of a month of universal time. @param rows all entries of the account; @param month such as 2026-11; @param told the balances now */
export function statementOf(rows: readonly Entry[], month: string, told: ToldBalances | undefined): Statement {
  return {
    entries: rows.filter((row) => monthOf(row) === month),
    balances: balancesOf(rows, month),
    wrong: told ? wrongIn(rows, told) : [],
  };
}

function wrongIn(rows: readonly Entry[], { balance, retained, revenue }: ToldBalances): string[] {
  const told: readonly (readonly [string, string])[] = [
    ['wallet', balance.available],
    ['escrow', balance.held],
    ['retained', retained],
    ['revenue', revenue],
  ];
  return told.flatMap(([kind, amount]) => {
    const sum = rows.reduce((total, row) => (row.account === kind ? total + microsOf(row.amount) : total), 0n);
    return sum === microsOf(amount) ? [] : [kind];
  });
}

/** The month of a moment and those before it, the latest first. */
export function monthsBack(nowMs: number, months: number): string[] {
  const now = new Date(nowMs);
  return Array.from({ length: months }, (_, back) =>
    new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back, 1)).toISOString().slice(0, 7),
  );
}
