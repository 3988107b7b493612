import { invariant } from '#units';
import type { UnitOfWork } from '../unit-of-work.js';
import { givenKey, makeKey, type PlainKey, type RandomBytes } from './api-key.js';
import type { OrganisationRecord, TenancyTx } from './ports.js';

/** The organisation that the first key belongs to. */
export const FIRST_ORGANISATION = 'operator';

/**
 * made: there was no operator's key, so one was made; show `plain` once.
 * stored: the configured key was new. present: there is nothing to do. revoked: the configured key was revoked before and stays so.
 */
export type AdminKeyOutcome =
  | { readonly kind: 'made'; readonly plain: string; readonly organisationId: bigint }
  | { readonly kind: 'stored'; readonly organisationId: bigint }
  | { readonly kind: 'present' }
  | { readonly kind: 'revoked' };

/** Sees to it that somebody can get in: the configured key works, or else some operator's key exists. Safe to run in many processes at once. */
export class EnsureAdminKey {
  constructor(
    private readonly work: UnitOfWork<TenancyTx>,
    private readonly randomBytes: RandomBytes,
  ) {}

  run(configured?: string): Promise<AdminKeyOutcome> {
    return this.work.transaction(async (tx) => {
      await tx.lockAdministration();
      return configured === undefined ? this.ensureAny(tx) : ensureGiven(tx, givenKey(configured));
    });
  }

  private async ensureAny(tx: TenancyTx): Promise<AdminKeyOutcome> {
    for (const { organisationId } of await tx.listRoots()) {
      if (await tx.hasLiveKey(organisationId, 'operator')) return { kind: 'present' };
    }
    const key = makeKey('operator', this.randomBytes);
    const { organisationId } = await storeKey(tx, key);
    return { kind: 'made', plain: key.text, organisationId };
  }
}

async function ensureGiven(tx: TenancyTx, key: PlainKey): Promise<AdminKeyOutcome> {
  const known = await tx.findKeyByHash(key.hash);
  if (known) return { kind: known.revokedAt === null ? 'present' : 'revoked' };
  const { organisationId } = await storeKey(tx, key);
  return { kind: 'stored', organisationId };
}

async function storeKey(tx: TenancyTx, { prefix, hash }: PlainKey): Promise<OrganisationRecord> {
  const [oldest] = await tx.listRoots();
  const organisation = oldest ?? (await tx.insertOrganisation({ parentId: null, name: FIRST_ORGANISATION }));
  invariant(organisation !== undefined, 'the first organisation has no rival for its name');
  await tx.insertKey({ organisationId: organisation.organisationId, role: 'operator', label: 'admin', prefix, hash });
  return organisation;
}
