import { invariant } from '#units';
import type { UnitOfWork } from '../unit-of-work.js';
import { givenKey, makeKey, type PlainKey, type RandomBytes } from './api-key.js';
import type { KeyOrigin, KeyRecord, OrganisationRecord, TenancyTx } from './ports.js';

/** The organisation that the first key belongs to. */
export const FIRST_ORGANISATION = 'operator';
/** How an admin key is labelled. */
const ADMIN_LABEL = 'admin';

/** Admin keys that a new one leaves behind. */
export interface Succession {
  /** Revoked now: the new key takes their place. */
  readonly replaced: readonly KeyRecord[];
  /** Valid still: operator keys labelled as admin keys are, of which nothing says where they come from. */
  readonly doubtful: readonly KeyRecord[];
}

/**
 * made: there was no operator's key, so one was made; show `plain` once.
 * stored: the configured key was new; it has taken the place of the one before. present: there is nothing to do. revoked: the configured key was
 * revoked before and stays so; `successor` is the admin key that holds now, where there is one.
 */
export type AdminKeyOutcome =
  | { readonly kind: 'made'; readonly plain: string; readonly organisationId: bigint }
  | ({ readonly kind: 'stored'; readonly organisationId: bigint } & Succession)
  | { readonly kind: 'present' }
  | { readonly kind: 'revoked'; readonly successor?: KeyRecord };

/** stored: there was no operator's key, now it is the offered one. present: the offered one is valid. other: it is not, but another one is. */
export type OfferOutcome = { readonly kind: 'stored' } | { readonly kind: 'present' } | { readonly kind: 'other' };

/**
 * Sees to it that somebody can get in: the configured key works, or else some operator's key exists. There is one admin key: a configured one that
 * was never seen before ends the one before it, and a key that was ended never comes back. So of processes that are started with different keys the
 * last to come with a new one decides, and nothing that starts later with an older one changes that. Safe to run in many processes at once.
 */
export class EnsureAdminKey {
  constructor(
    private readonly work: UnitOfWork<TenancyTx>,
    private readonly randomBytes: RandomBytes,
  ) {}

  run(configured?: string): Promise<AdminKeyOutcome> {
    return this.alone((tx) => (configured === undefined ? this.ensureAny(tx) : ensureGiven(tx, givenKey(configured))));
  }

  /** A key that is kept beside the database is used where there is none; it does not end another one. */
  offer(text: string): Promise<OfferOutcome> {
    return this.alone(async (tx) => {
      const key = givenKey(text);
      const known = await tx.findKeyByHash(key.hash);
      if (known?.revokedAt === null) return adopt(tx, known, 'start');
      if (known || (await hasOperatorKey(tx))) return { kind: 'other' };
      await storeKey(tx, key, 'start');
      return { kind: 'stored' };
    });
  }

  /** Whether a configured admin key holds: whoever set it may count on it. */
  isConfigured(): Promise<boolean> {
    return this.alone(async (tx) => (await tx.listAdminKeys(ADMIN_LABEL)).some(({ origin }) => origin === 'environment'));
  }

  /** Makes a new admin key in the place of the one before: for whoever owns the database. @param text new, and kept by the caller already. */
  async replace(text: string): Promise<void> {
    await this.alone((tx) => succeed(tx, givenKey(text), 'start'));
  }

  private alone<T>(work: (tx: TenancyTx) => Promise<T>): Promise<T> {
    return this.work.transaction(async (tx) => {
      await tx.lockAdministration();
      return work(tx);
    });
  }

  private async ensureAny(tx: TenancyTx): Promise<AdminKeyOutcome> {
    if (await hasOperatorKey(tx)) return { kind: 'present' };
    const key = makeKey('operator', this.randomBytes);
    const { organisationId } = await storeKey(tx, key, 'start');
    return { kind: 'made', plain: key.text, organisationId };
  }
}

/** A new admin key, as made by whoever starts the service and keeps it. */
export const makeAdminKey = (randomBytes: RandomBytes): string => makeKey('operator', randomBytes).text;

async function hasOperatorKey(tx: TenancyTx): Promise<boolean> {
  for (const { organisationId } of await tx.listRootOrganisations()) if (await tx.hasLiveKey(organisationId, 'operator')) return true;
  return false;
}

async function ensureGiven(tx: TenancyTx, key: PlainKey): Promise<AdminKeyOutcome> {
  const known = await tx.findKeyByHash(key.hash);
  if (!known) return { kind: 'stored', ...(await succeed(tx, key, 'environment')) };
  if (known.revokedAt === null) return adopt(tx, known, 'environment');
  const successor = known.origin === 'request' ? undefined : (await tx.listAdminKeys(ADMIN_LABEL)).find(isAdminKey);
  return { kind: 'revoked', ...(successor ? { successor } : {}) };
}

/** Keys that were stored before their origins were get theirs. */
async function adopt(tx: TenancyTx, { keyId, origin: before }: KeyRecord, origin: KeyOrigin): Promise<{ readonly kind: 'present' }> {
  if (before === 'request') await tx.setOrigin(keyId, origin);
  return { kind: 'present' };
}

async function succeed(tx: TenancyTx, key: PlainKey, origin: KeyOrigin): Promise<{ organisationId: bigint } & Succession> {
  const before = await tx.listAdminKeys(ADMIN_LABEL);
  const replaced = before.filter(isAdminKey);
  for (const { keyId } of replaced) await tx.revokeKey(keyId);
  const { organisationId } = await storeKey(tx, key, origin);
  return { organisationId, replaced, doubtful: before.filter((each) => !isAdminKey(each)) };
}

const isAdminKey = ({ origin }: KeyRecord): boolean => origin !== 'request';

async function storeKey(tx: TenancyTx, { prefix, hash }: PlainKey, origin: KeyOrigin): Promise<OrganisationRecord> {
  const [oldest] = await tx.listRootOrganisations();
  const organisation = oldest ?? (await tx.insertOrganisation({ parentId: null, name: FIRST_ORGANISATION }));
  invariant(organisation !== undefined, 'the first organisation has no rival for its name');
  await tx.insertKey({ organisationId: organisation.organisationId, role: 'operator', label: ADMIN_LABEL, prefix, hash, origin });
  return organisation;
}
