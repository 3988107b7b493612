import { defineOperations, MEMBERS, OPERATORS, ADMIN_READERS } from '../operation.js';
import {
  createdKey,
  createKeyBody,
  createOrganisationBody,
  keyPage,
  keysQuery,
  organisation,
  organisationPage,
  organisationsQuery,
  revokedKey,
  revokeKeyBody,
} from '../schemas/tenancy.js';

const tag = 'organisations';

/** Operations on organisations and keys. */
export const tenancyOperations = defineOperations({
  createOrganisation: {
    method: 'POST',
    path: '/v1/organisations',
    tag,
    summary: 'Make an organisation that belongs to yours',
    description: 'It becomes a member of your markets. Its wallet is the account in the answer.',
    policy: OPERATORS,
    body: createOrganisationBody,
    responses: { 201: { description: 'The new organisation', schema: organisation } },
    problems: ['name_taken'],
  },
  listOrganisations: {
    method: 'GET',
    path: '/v1/organisations',
    tag,
    summary: 'Your organisation and those that it made',
    policy: ADMIN_READERS,
    query: organisationsQuery,
    responses: { 200: { description: 'A page of organisations, in the order in which they were made', schema: organisationPage } },
  },
  createKey: {
    method: 'POST',
    path: '/v1/organisations/{organisationId}/keys',
    tag,
    summary: 'Make an API key; it is shown once',
    description: 'With `scopes` it may do that part of what its role may. A key with scopes makes keys with no others.',
    policy: OPERATORS,
    scope: 'keys:write',
    body: createKeyBody,
    responses: { 201: { description: 'The key', schema: createdKey } },
    problems: ['too_many_keys', 'scope_not_allowed'],
  },
  listKeys: {
    method: 'GET',
    path: '/v1/keys',
    tag,
    summary: 'The keys of your organisation and of those that it made',
    description:
      'Revoked ones too. `prefix` is how the text of a key begins: by it a key that has turned up somewhere is found. Bidders see their own.',
    policy: MEMBERS,
    scope: 'keys:read',
    query: keysQuery,
    responses: { 200: { description: 'A page of keys, in the order in which they were made', schema: keyPage } },
  },
  revokeKeyByText: {
    method: 'POST',
    path: '/v1/keys/revocations',
    tag,
    summary: 'Revoke a key that has leaked, by the key itself',
    description:
      'For a key of your organisation or, for operators, of those that it made, whose id nobody knows. Revoking again changes nothing.',
    policy: MEMBERS,
    scope: 'keys:write',
    repeatable: true,
    body: revokeKeyBody,
    responses: { 200: { description: 'Which key it was; it stops working within five seconds, everywhere', schema: revokedKey } },
    problems: ['not_found'],
  },
  revokeKey: {
    method: 'DELETE',
    path: '/v1/keys/{keyId}',
    tag,
    summary: 'Revoke an API key',
    description: 'It stops working within five seconds, everywhere.',
    policy: OPERATORS,
    scope: 'keys:write',
    responses: { 204: { description: 'Revoked; revoking again changes nothing' } },
  },
});
