/** Organisations and their keys: who is who, and who sees whom. */
export { EnsureAdminKey, FIRST_ORGANISATION, type AdminKeyOutcome } from './admin-key.js';
export { hashKey, type RandomBytes } from './api-key.js';
export { CreateKey, FindKey, RevokeKey, type CreateKeyOutcome, type CreateKeyRequest, type RevokeKeyOutcome } from './keys.js';
export {
  CreateOrganisation,
  ListOrganisations,
  mayOversee,
  type CreateOrganisationOutcome,
  type OrganisationsOutcome,
} from './organisations.js';
export type { Caller, KeyRecord, NewKey, OrganisationRecord, Role, TenancyTx } from './ports.js';
