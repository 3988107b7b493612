import type { AnswerOf } from '#contracts';
import type { CreateKeyOutcome, KeysOutcome, OrganisationRecord, OrganisationsOutcome, RevokeKeyOutcome } from '#market';
import { invariant } from '#units';
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

/** A new key as the API tells it: the only time that its text is told. */
export const createdKeyView = ({ key, plain }: Extract<CreateKeyOutcome, { kind: 'created' }>): AnswerOf<'createKey'> => ({
  id: key.keyId.toString(),
  key: plain,
  prefix: key.prefix,
  role: key.role,
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
