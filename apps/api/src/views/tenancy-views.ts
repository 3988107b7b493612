import type { AnswerOf, BodyOf } from '#contracts';
import type {
  CreateKeyOutcome,
  KeysOutcome,
  OrganisationRecord,
  OrganisationsOutcome,
  RevokeKeyOutcome,
  SessionRecord,
  SignedIn,
} from '#market';
import { invariant } from '#units';
import type { Caller } from '../http/api-key-cache.js';
import { cursorOf } from '../http/cursor.js';

/** An organisation as the API tells it. */
export const organisationView = ({
  organisationId,
  parentId,
  name,
  accountId,
  createdAt,
}: OrganisationRecord): AnswerOf<'createOrganisation'> => ({
  id: organisationId.toString(),
  name,
  accountId: accountId.toString(),
  parentId: parentId === null ? null : parentId.toString(),
  createdAt: createdAt.toISOString(),
});

/** A key as its body says it. */
export const keyOf = ({ siteId, ...key }: BodyOf<'createKey'>) => ({ ...key, siteId: siteId === undefined ? undefined : BigInt(siteId) });

/** A new key as the API tells it: the only time that its text is told. */
export const createdKeyView = ({ key, plain }: Extract<CreateKeyOutcome, { kind: 'created' }>): AnswerOf<'createKey'> => ({
  id: key.keyId.toString(),
  key: plain,
  prefix: key.prefix,
  role: key.role,
  scopes: [...key.scopes],
});

/** A page of organisations as the API tells it. */
export const organisationsView = ({ organisations, nextId }: OrganisationsOutcome): AnswerOf<'listOrganisations'> => ({
  items: organisations.map(organisationView),
  nextCursor: cursorOf(nextId),
});

/** A page of keys as the API tells it. */
export const keysView = ({ keys, nextId }: KeysOutcome): AnswerOf<'listKeys'> => ({
  items: keys.map((key) => ({
    id: key.keyId.toString(),
    organisationId: key.organisationId.toString(),
    role: key.role,
    label: key.label,
    siteId: key.siteId === null ? null : key.siteId.toString(),
    scopes: [...key.scopes],
    prefix: key.prefix,
    origin: key.origin,
    createdAt: key.createdAt.toISOString(),
    revokedAt: key.revokedAt && key.revokedAt.toISOString(),
    lastUsedAt: key.lastUsedAt && key.lastUsedAt.toISOString(),
  })),
  nextCursor: cursorOf(nextId),
});

/** A revoked key as the API tells it. */
export function revokedKeyView({ key }: Extract<RevokeKeyOutcome, { kind: 'revoked' }>): AnswerOf<'revokeKeyByText'> {
  const { keyId, organisationId, role, prefix, revokedAt } = key;
  invariant(revokedAt !== null, 'a key that was revoked says when');
  return { id: keyId.toString(), organisationId: organisationId.toString(), role, prefix, revokedAt: revokedAt.toISOString() };
}

/** A session as the API tells it. */
export const sessionView = ({ sessionId, createdAt, expiresAt }: SessionRecord): AnswerOf<'signIn'> => ({
  id: sessionId.toString(),
  createdAt: createdAt.toISOString(),
  expiresAt: expiresAt.toISOString(),
});

/** Who calls, as the API tells it. */
export const signedInView = (
  { organisationId, keyId, role, scopes = [] }: Caller,
  { organisationName, keyLabel, keyPrefix, session }: SignedIn,
): AnswerOf<'whoami'> => ({
  organisation: { id: organisationId.toString(), name: organisationName },
  key: { id: keyId.toString(), prefix: keyPrefix, label: keyLabel, role, scopes: [...scopes] },
  session: session === undefined ? null : sessionView(session),
});
