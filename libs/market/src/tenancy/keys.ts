import type { UnitOfWork } from '../unit-of-work.js';
import { makeKey, type RandomBytes } from './api-key.js';
import { mayOversee } from './organisations.js';
import type { Caller, KeyRecord, Role, TenancyTx } from './ports.js';

export interface CreateKeyRequest {
  readonly caller: Caller;
  /** The caller's organisation or one that it made. */
  readonly organisationId: bigint;
  readonly role: Role;
  readonly label?: string;
}

/** `plain` is the key itself: it is shown now and never again. */
export type CreateKeyOutcome =
  { readonly kind: 'created'; readonly key: KeyRecord; readonly plain: string } | { readonly kind: 'not_found' };

/** Makes a key. Only its hash is stored. */
export class CreateKey {
  constructor(
    private readonly work: UnitOfWork<TenancyTx>,
    private readonly randomBytes: RandomBytes,
  ) {}

  run({ caller, organisationId, role, label }: CreateKeyRequest): Promise<CreateKeyOutcome> {
    const { text, prefix, hash } = makeKey(role, this.randomBytes);
    return this.work.transaction(async (tx) => {
      const family = await tx.listFamily(caller.organisationId);
      const owner = family.find((each) => each.organisationId === organisationId);
      if (!owner || !mayOversee(caller, owner)) return { kind: 'not_found' };
      const key = await tx.insertKey({ organisationId, role, label: label ?? null, prefix, hash });
      return { kind: 'created', key, plain: text };
    });
  }
}

export type RevokeKeyOutcome = { readonly kind: 'revoked' } | { readonly kind: 'not_found' };

/** Revokes a key of the caller's organisation or of one that it made. Revoking again changes nothing. */
export class RevokeKey {
  constructor(private readonly work: UnitOfWork<TenancyTx>) {}

  run({ caller, keyId }: { readonly caller: Caller; readonly keyId: bigint }): Promise<RevokeKeyOutcome> {
    return this.work.transaction(async (tx) => {
      const key = await tx.findKey(keyId);
      if (!key || !mayOversee(caller, key)) return { kind: 'not_found' };
      await tx.revokeKey(keyId);
      return { kind: 'revoked' };
    });
  }
}

/** Finds a key by its SHA-256, revoked or not; undefined for an unknown one. */
export class FindKey {
  constructor(private readonly work: UnitOfWork<TenancyTx>) {}

  run(hash: Uint8Array): Promise<KeyRecord | undefined> {
    return this.work.read((tx) => tx.findKeyByHash(hash));
  }
}
