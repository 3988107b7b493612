import { z } from 'zod';
import { id, page, time, wholeQuery } from './primitives.js';
import { SCOPES } from '../scopes.js';
import { label, name } from './text.js';

/** The roles that keys have. */
export const ROLES = ['operator', 'bidder', 'auditor', 'agent'] as const;
/** One of them. */
export type Role = (typeof ROLES)[number];
/** The same as a field. */
export const role = z.enum(ROLES, 'must be operator, bidder, auditor or agent');

/** The body of a new organisation. */
export const createOrganisationBody = z.strictObject({ name });
/** An organisation. */
export const organisation = z
  .strictObject({ id, name: z.string(), accountId: id, parentId: id.nullable(), createdAt: time })
  .meta({ id: 'Organisation' });
/** The query of a list of organisations. */
export const organisationsQuery = z.strictObject(wholeQuery);
/** A page of organisations. */
export const organisationPage = page(organisation);

/** What a key may be narrowed down to. */
export const scopes = z
  .array(z.enum(SCOPES, `must be one of ${SCOPES.join(', ')}`))
  .max(SCOPES.length, `must name at most ${SCOPES.length} scopes`)
  .refine((named) => new Set(named).size === named.length, 'must not name a scope twice');
const scopesTold = z.array(z.string()).describe('What of its role the key may do; all of it where there is none.');

/** The body of a new key. */
export const createKeyBody = z.strictObject({
  role,
  label: label.optional(),
  siteId: id.optional().describe('Of an agent: the site that it speaks for.'),
  scopes: scopes.default([]).describe('What of its role the key may do; all of it where nothing is named.'),
});
/** A new key with its text, which is told once. */
export const createdKey = z
  .strictObject({
    id,
    key: z.string().describe('The key itself. It is shown here and never again.'),
    prefix: z.string(),
    role,
    scopes: scopesTold,
  })
  .meta({ id: 'CreatedKey' });

/** A key as it is listed: enough to tell which one it is, not to use it. */
export const key = z
  .strictObject({
    id,
    organisationId: id,
    role,
    label: z.string().nullable(),
    siteId: id.nullable().describe('Of an agent: the site that it speaks for.'),
    scopes: scopesTold,
    prefix: z.string().describe('How the text of the key begins.'),
    origin: z
      .enum(['request', 'environment', 'start'])
      .describe('request: made over the API; environment: given as ERIS_ADMIN_KEY; start: made at a start where there was none.'),
    createdAt: time,
    revokedAt: time.nullable(),
    lastUsedAt: time.nullable().describe('To the minute; null where it was never used.'),
  })
  .meta({ id: 'Key' });
/** The query of a list of keys. */
export const keysQuery = z.strictObject(wholeQuery);
/** A page of keys. */
export const keyPage = page(key);

const KEY_LENGTH_MAX = 200;
/** The body of revoking a key by its text. */
export const revokeKeyBody = z.strictObject({
  key: z.string('must be the text of a key').trim().min(1, 'must be the text of a key').max(KEY_LENGTH_MAX, 'is longer than any key'),
  /** A revoked key. */
});
export const revokedKey = z.strictObject({ id, organisationId: id, role, prefix: z.string(), revokedAt: time }).meta({ id: 'RevokedKey' });

const session = z
  .strictObject({ id, createdAt: time, expiresAt: time })
  .describe('The session of this browser; null where the key itself was shown.');
/** Who one is: a key, its organisation, and the session where a browser has signed in. */
export const signedIn = z
  .strictObject({
    organisation: z.strictObject({ id, name: z.string() }),
    key: z.strictObject({ id, prefix: z.string(), label: z.string().nullable(), role, scopes: scopesTold }),
    session: session.nullable(),
  })
  .meta({ id: 'SignedIn' });
/** A session that has begun; what the browser shows from now on is in the cookie. */
export const newSession = z.strictObject({ id, createdAt: time, expiresAt: time }).meta({ id: 'Session' });
