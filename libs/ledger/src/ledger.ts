import { micros, type Micros } from '#units';
import type { Account, Balance } from './account.js';
import type { Entry } from './transfer.js';

/** What an accepted bid holds: each slot of it ends once, captured or retained; the bid is earned once. */
export interface Hold {
  readonly escrowId: bigint;
  readonly amount: Micros;
  /** Not yet captured, retained or given back. */
  readonly left: Micros;
  readonly endedSlots: ReadonlySet<number>;
  /** Where slots of it are retained. */
  readonly retainedId: bigint | undefined;
  /** Retained, not yet earned or given back. */
  readonly retained: Micros;
  readonly isEarned: boolean;
}

/** The books: what every account has, and the entries that say why. */
export interface Ledger {
  readonly accounts: ReadonlyMap<bigint, Balance>;
  /** By bid. */
  readonly holds: ReadonlyMap<bigint, Hold>;
  /** In the order in which they were written. */
  readonly entries: readonly Entry[];
}

/** Books in which nothing has happened. */
export function openLedger(accounts: readonly Account[]): Ledger {
  const balances = accounts.map((account): [bigint, Balance] => [account.id, { ...account, balance: micros(0n) }]);
  return { accounts: new Map(balances), holds: new Map(), entries: [] };
}
