import type { BodyFault } from '#kinds';
import type { UnitOfWork } from '../unit-of-work.js';
import { oneMore, pageOf, type PageRange } from '../page.js';
import { hashKey, makeKey, type RandomBytes } from './api-key.js';
import { canAdminister } from './organisations.js';
import type { Caller, KeyRecord, ListedKey, Role, TenancyReader, TenancyTx } from './ports.js';

/** A key that somebody asks for. */
export interface CreateKeyRequest {
  readonly caller: Caller;
  /** The caller's organisation or one that it made. */
  readonly organisationId: bigint;
  readonly role: Role;
  readonly label?: string | undefined;
  /** What of its role it may do; all of it where nothing is said. */
  readonly scopes?: readonly string[] | undefined;
  /** Of an agent: the site that it speaks for. */
  readonly siteId?: bigint | undefined;
}

/** `plain` is the key itself: it is shown now and never again. */
export type CreateKeyOutcome =
  | { readonly kind: 'created'; readonly key: KeyRecord; readonly plain: string }
  | { readonly kind: 'not_found' }
  | { readonly kind: 'faults'; readonly faults: readonly BodyFault[] }
  | { readonly kind: 'scope_not_allowed'; readonly detail: string }
  | { readonly kind: 'too_many_keys' };

/** Keys of an organisation that are not revoked, at most. */
export const KEYS_PER_ORGANISATION = 200;

/** Makes a key. Only its hash is stored. */
export class CreateKey {
  constructor(
    private readonly work: UnitOfWork<TenancyTx>,
    private readonly randomBytes: RandomBytes,
  ) {}

  run({ caller, organisationId, role, label, siteId, scopes = [] }: CreateKeyRequest): Promise<CreateKeyOutcome> {
    const beyond = scopesBeyond(caller, scopes);
    if (beyond !== undefined) return Promise.resolve({ kind: 'scope_not_allowed', detail: beyond });
    const { text, prefix, hash } = makeKey(role, this.randomBytes);
    return this.work.transaction(async (tx) => {
      const family = await tx.listWithChildren(caller.organisationId);
      const owner = family.find((each) => each.organisationId === organisationId);
      if (!owner || !canAdminister(caller, owner)) return { kind: 'not_found' };
      const fault = await siteFault(tx, { organisationId, role, siteId });
      if (fault !== undefined) return { kind: 'faults', faults: [{ path: '$.siteId', message: fault }] };
      if ((await tx.countLiveKeys(organisationId)) >= KEYS_PER_ORGANISATION) return { kind: 'too_many_keys' };
      const key = await tx.insertKey({ organisationId, role, label: label ?? null, scopes, siteId, prefix, hash });
      return { kind: 'created', key, plain: text };
    });
  }
}

/** What is wrong with the site of a key, in words. */
async function siteFault(
  tx: TenancyTx,
  { organisationId, role, siteId }: Pick<CreateKeyRequest, 'organisationId' | 'role' | 'siteId'>,
): Promise<string | undefined> {
  if (role !== 'agent') return siteId === undefined ? undefined : 'is for keys of agents';
  if (siteId === undefined) return 'is missing: an agent speaks for one site';
  return (await tx.hasSite(organisationId, siteId)) ? undefined : 'is not a site of a market of this organisation';
}

/** A key gives nobody more than it may do itself. @returns what is beyond it, in words. */
function scopesBeyond({ scopes: own = [] }: Caller, asked: readonly string[]): string | undefined {
  if (own.length === 0) return undefined;
  if (asked.length === 0) return `A key of these scopes makes no key without any: ${own.join(', ')}.`;
  const beyond = asked.filter((scope) => !own.includes(scope));
  return beyond.length === 0 ? undefined : `Your own key has no scope ${beyond.join(', ')}.`;
}

/** What came of revoking a key. */
export type RevokeKeyOutcome = { readonly kind: 'revoked'; readonly key: KeyRecord } | { readonly kind: 'not_found' };

/** Revokes a key of the caller's organisation or of one that it made. Revoking again changes nothing. */
export class RevokeKey {
  constructor(private readonly work: UnitOfWork<TenancyTx>) {}

  run({ caller, keyId }: { readonly caller: Caller; readonly keyId: bigint }): Promise<RevokeKeyOutcome> {
    return this.revoke(caller, (tx) => tx.findKey(keyId));
  }

  /** By the key itself: whoever has found one that has leaked need not know its id. */
  runByText({ caller, key }: { readonly caller: Caller; readonly key: string }): Promise<RevokeKeyOutcome> {
    return this.revoke(caller, (tx) => tx.findKeyByHash(hashKey(key)));
  }

  private revoke(caller: Caller, find: (tx: TenancyTx) => Promise<KeyRecord | undefined>): Promise<RevokeKeyOutcome> {
    return this.work.transaction(async (tx) => {
      const key = await find(tx);
      if (!key || !canAdminister(caller, key)) return { kind: 'not_found' };
      await tx.revokeKey(key.keyId);
      return { kind: 'revoked', key: (await tx.findKey(key.keyId)) ?? key };
    });
  }
}

/** A page of keys. */
export interface KeysOutcome {
  readonly kind: 'page';
  readonly keys: readonly ListedKey[];
  /** The id to go on after; null on the last page. */
  readonly nextId: bigint | null;
}

/** The keys of the caller's organisation and, unless it bids, of those that it made; revoked ones too. */
export class ListKeys {
  constructor(private readonly reader: TenancyReader) {}

  async run({ caller, ...range }: PageRange & { readonly caller: Caller }): Promise<KeysOutcome> {
    const { rows, nextId } = pageOf(await this.reader.listKeys(caller, oneMore(range)), range, ({ keyId }) => keyId);
    return { kind: 'page', keys: rows, nextId };
  }
}
