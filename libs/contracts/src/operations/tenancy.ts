import { defineOperations, OPERATORS, OVERSEERS } from '../operation.js';
import { createdKey, createKeyBody, createOrganisationBody, organisation, organisationList } from '../schemas/tenancy.js';

const tag = 'organisations';

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
    policy: OVERSEERS,
    responses: { 200: { description: 'The organisations', schema: organisationList } },
  },
  createKey: {
    method: 'POST',
    path: '/v1/organisations/{organisationId}/keys',
    tag,
    summary: 'Make an API key; it is shown once',
    policy: OPERATORS,
    body: createKeyBody,
    responses: { 201: { description: 'The key', schema: createdKey } },
  },
  revokeKey: {
    method: 'DELETE',
    path: '/v1/keys/{keyId}',
    tag,
    summary: 'Revoke an API key',
    description: 'It stops working within five seconds, everywhere.',
    policy: OPERATORS,
    responses: { 204: { description: 'Revoked; revoking again changes nothing' } },
  },
});
