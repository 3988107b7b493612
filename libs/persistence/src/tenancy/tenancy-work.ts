import type { TenancyTx, UnitOfWork } from '#market';
import { coldWork, type PrismaTx } from '../cold-work.js';
import { keysTx } from './keys.js';
import { organisationsTx } from './organisations.js';

/** Any number that no other advisory lock of ours has. */
const ADMINISTRATION_LOCK = 0x6572_6973_0001n;

/** Organisations and keys in Postgres. */
export const createTenancyWork = (base: UnitOfWork<PrismaTx>): UnitOfWork<TenancyTx> => coldWork(base, tenancyTx);

const tenancyTx = (db: PrismaTx): TenancyTx => ({
  ...organisationsTx(db),
  ...keysTx(db),
  lockAdministration: () => lockAdministration(db),
});

/**
 * lock-administration: waits until no other transaction holds it; held until this one ends.
 * Input:  none. Output: none.
 * Events: none.
 * Retry:  safe.
 */
async function lockAdministration(db: PrismaTx): Promise<void> {
  await db.$executeRaw`SELECT pg_advisory_xact_lock(${ADMINISTRATION_LOCK})`;
}
