import type { Wallet } from '#market';
import { invariant } from '#units';
import type { PoolClient } from 'pg';

/**
 * lock-wallets: wallets with their escrows, locked in the order of all who lock: the market (hold-market), then accounts by id.
 * Input:  organisations. Output: accounts.
 * Events: none.
 * Retry:  safe; the locks go with the transaction.
 */
const LOCK_WALLETS = `
  SELECT id::text, organisation_id::text, kind, balance_micros::text, budget_changes::text FROM account
  WHERE organisation_id = ANY($1::bigint[]) AND kind IN ('wallet', 'escrow') ORDER BY id FOR NO KEY UPDATE`;

/** An account of a bidder; integers as text. */
export interface AccountRow {
  readonly id: string;
  readonly organisation_id: string;
  readonly kind: 'wallet' | 'escrow';
  readonly balance_micros: string;
  readonly budget_changes: string;
}

/** Wallets with their escrows, which stay as they are until the transaction ends. */
export async function lockWallets(client: PoolClient, organisationIds: readonly bigint[]): Promise<Wallet[]> {
  return walletsOf((await client.query<AccountRow>({ name: 'lock-wallets', text: LOCK_WALLETS, values: [organisationIds] })).rows);
}

/** Every organisation has a wallet and an escrow. */
export function walletsOf(accounts: readonly AccountRow[]): Wallet[] {
  const escrows = new Map(accounts.filter(({ kind }) => kind === 'escrow').map((account) => [account.organisation_id, account]));
  return accounts
    .filter(({ kind }) => kind === 'wallet')
    .map(({ id, organisation_id: organisation, balance_micros: balance, budget_changes: changes }) => {
      const escrow = escrows.get(organisation);
      invariant(escrow !== undefined, `organisation ${organisation} has an escrow`);
      const owner = { organisationId: BigInt(organisation), walletId: BigInt(id), escrowId: BigInt(escrow.id) };
      return { ...owner, fundsMicros: BigInt(balance), budgetChanges: BigInt(changes) };
    });
}
