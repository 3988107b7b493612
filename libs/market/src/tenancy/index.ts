/** Organisations and their keys: who is who, and who sees whom. */
export { EnsureAdminKey, FIRST_ORGANISATION, makeAdminKey, type AdminKeyOutcome, type OfferOutcome, type Succession } from './admin-key.js';
export { hashKey, type RandomBytes } from './api-key.js';
export {
  CreateKey,
  ListKeys,
  RevokeKey,
  type CreateKeyOutcome,
  type CreateKeyRequest,
  type KeysOutcome,
  type RevokeKeyOutcome,
} from './keys.js';
export { KeyUse, type KeyUseStore } from './key-use.js';
export {
  CreateOrganisation,
  ListOrganisations,
  canAdminister,
  seesAll,
  type CreateOrganisationOutcome,
  type OrganisationsOutcome,
} from './organisations.js';
export {
  hashSession,
  Sessions,
  SESSION_MS,
  SESSIONS_PER_KEY,
  type SessionHolder,
  type SessionRecord,
  type SessionStore,
  type SignedIn,
  type SignInOutcome,
  type Whoami,
  type WhoamiOutcome,
} from './sessions.js';
export type { Caller, KeyOrigin, KeyRecord, ListedKey, NewKey, OrganisationRecord, Role, TenancyReader, TenancyTx } from './ports.js';
