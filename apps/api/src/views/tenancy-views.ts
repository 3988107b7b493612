import type { AnswerOf } from '#contracts';
import type { CreateKeyOutcome, OrganisationRecord } from '#market';

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

export const createdKeyView = ({ key, plain }: Extract<CreateKeyOutcome, { kind: 'created' }>): AnswerOf<'createKey'> => ({
  id: key.keyId.toString(),
  key: plain,
  prefix: key.prefix,
  role: key.role,
});
