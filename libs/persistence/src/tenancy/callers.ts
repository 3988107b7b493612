import type { Role } from '#market';
import type { Pool } from 'pg';

/** Who a key stands for, or a session that was opened with one. */
export interface CallerRow {
  readonly keyId: bigint;
  /** Of a browser that has signed in; undefined where the key itself was shown. */
  readonly sessionId: bigint | undefined;
  /** What of its role the key may do; all of it where there is none. */
  readonly scopes: readonly string[];
  readonly organisationId: bigint;
  /** The organisation below the first one that this one descends from, or the first one itself. */
  readonly familyId: bigint;
  readonly role: Role;
  /** Of an agent: the site that it speaks for. */
  readonly siteId?: bigint | undefined;
}

/**
 * find-callers: whose keys and sessions are good, and which family their organisations are in.
 * Input:  hashes of keys and of sessions. Output: per key that there is and that is not revoked, and per session that lasts and whose key is such a
 *         one, its place in the input.
 * Events: none.
 * Retry:  safe; it reads.
 */
const FIND_CALLERS = `
  WITH RECURSIVE asked AS (
    SELECT a.place::int - 1 AS place, k.id, NULL::bigint AS session_id, k.organisation_id, k.role, k.scopes, k.site_id
    FROM unnest($1::bytea[]) WITH ORDINALITY AS a(hash, place) JOIN api_key k ON k.hash = a.hash WHERE k.revoked_at IS NULL
    UNION ALL
    SELECT a.place::int - 1, k.id, s.id, k.organisation_id, k.role, k.scopes, k.site_id
    FROM unnest($1::bytea[]) WITH ORDINALITY AS a(hash, place) JOIN browser_session s ON s.hash = a.hash JOIN api_key k ON k.id = s.key_id
    WHERE s.expires_at > now() AND k.revoked_at IS NULL
  ), line AS (
    SELECT a.place, o.id, o.parent_id, o.id AS below FROM asked a JOIN organisation o ON o.id = a.organisation_id
    UNION ALL
    SELECT l.place, o.id, o.parent_id, l.id FROM line l JOIN organisation o ON o.id = l.parent_id
  )
  SELECT a.place, a.id AS key_id, a.session_id, a.organisation_id, a.role, a.scopes, a.site_id, l.below AS family_id FROM asked a JOIN line l USING (place) WHERE l.parent_id IS NULL`;

/**
 * find-revoked: which of some keys are good no more.
 * Input:  keys. Output: those that are revoked, or not there.
 * Events: none.
 * Retry:  safe; it reads.
 */
const FIND_REVOKED = `
  SELECT a.id FROM unnest($1::bigint[]) AS a(id) WHERE NOT EXISTS (SELECT FROM api_key k WHERE k.id = a.id AND k.revoked_at IS NULL)`;

interface Row {
  readonly place: number;
  readonly key_id: bigint;
  readonly session_id: bigint | null;
  readonly scopes: readonly string[];
  readonly organisation_id: bigint;
  readonly family_id: bigint;
  readonly site_id: bigint | null;
  readonly role: Role;
}

/** Looks keys up by their hashes: an answer for each, in their order. */
export function createCallerFinder(pool: Pool): (hashes: readonly Buffer[]) => Promise<(CallerRow | undefined)[]> {
  return async (hashes) => {
    const { rows } = await pool.query<Row>({ name: 'find-callers', text: FIND_CALLERS, values: [hashes] });
    const found = new Map(rows.map((row) => [row.place, callerOf(row)]));
    return hashes.map((_, index) => found.get(index));
  };
}

/** Tells which of some keys are revoked. */
export function createRevokedFinder(pool: Pool): (keyIds: readonly bigint[]) => Promise<bigint[]> {
  return async (keyIds) => {
    const { rows } = await pool.query<{ id: bigint }>({ name: 'find-revoked', text: FIND_REVOKED, values: [keyIds] });
    return rows.map(({ id }) => id);
  };
}

const callerOf = ({ key_id, session_id, organisation_id, family_id, role, scopes, site_id }: Row): CallerRow => ({
  keyId: key_id,
  sessionId: session_id ?? undefined,
  scopes,
  organisationId: organisation_id,
  familyId: family_id,
  role,
  siteId: site_id ?? undefined,
});
