import type { SessionRecord, SessionStore, SignedIn } from '#market';
import type { Pool } from 'pg';
import { at } from '#units';

/**
 * begin-session: a browser has signed in.
 * Input:  key, hash of what the cookie holds, how long it lasts (ms), the most that the key may have beside it. Output: the session.
 * Events: none.
 * Retry:  safe; a session that nobody holds ends by itself.
 */
const BEGIN = `
  WITH gone AS (
    DELETE FROM browser_session WHERE key_id = $1 AND (
      expires_at <= now() OR id IN (SELECT id FROM browser_session WHERE key_id = $1 ORDER BY id DESC OFFSET $4))
  )
  INSERT INTO browser_session (key_id, hash, expires_at) VALUES ($1, $2, now() + $3 * interval '1 millisecond')
  RETURNING id, created_at, expires_at`;

/**
 * end-session: a browser has signed out.
 * Input:  session. Output: none.
 * Events: none.
 * Retry:  safe.
 */
const END = `DELETE FROM browser_session WHERE id = $1`;

/**
 * end-sessions: all browsers of a key have.
 * Input:  key. Output: none.
 * Events: none.
 * Retry:  safe.
 */
const END_ALL = `DELETE FROM browser_session WHERE key_id = $1`;

/**
 * describe-caller: a key with its organisation, and the session where there is one.
 * Input:  key, session or null. Output: at most one row.
 * Events: none.
 * Retry:  safe; it reads.
 */
const DESCRIBE = `
  SELECT o.name, k.label, k.prefix, s.id, s.created_at, s.expires_at
  FROM api_key k JOIN organisation o ON o.id = k.organisation_id LEFT JOIN browser_session s ON s.id = $2 AND s.key_id = k.id WHERE k.id = $1`;

/**
 * find-ended: which of some sessions are over.
 * Input:  sessions. Output: those that are not there any more, or have expired.
 * Events: none.
 * Retry:  safe; it reads.
 */
const FIND_ENDED = `
  SELECT a.id FROM unnest($1::bigint[]) AS a(id)
  WHERE NOT EXISTS (SELECT FROM browser_session s WHERE s.id = a.id AND s.expires_at > now())`;

interface SessionRow {
  readonly id: bigint;
  readonly created_at: Date;
  readonly expires_at: Date;
}

interface CallerRow {
  readonly name: string;
  readonly label: string | null;
  readonly prefix: string;
  readonly id: bigint | null;
  readonly created_at: Date;
  readonly expires_at: Date;
}

/** Sessions of browsers, over a pool. */
export function createSessionStore(pool: Pool): SessionStore {
  return {
    begin: async ({ keyId, hash, lastsMs, most }) => {
      const values = [keyId, Buffer.from(hash), lastsMs, most - 1];
      const { rows } = await pool.query<SessionRow>({ name: 'begin-session', text: BEGIN, values });
      return sessionOf(at(rows, 0));
    },
    end: async (sessionId) => void (await pool.query({ name: 'end-session', text: END, values: [sessionId] })),
    endAll: async (keyId) => void (await pool.query({ name: 'end-sessions', text: END_ALL, values: [keyId] })),
    describe: async ({ keyId, sessionId }) => {
      const { rows } = await pool.query<CallerRow>({ name: 'describe-caller', text: DESCRIBE, values: [keyId, sessionId ?? null] });
      return rows.length === 0 ? undefined : signedInOf(at(rows, 0));
    },
  };
}

/** Tells which of some sessions are over. */
export function createEndedFinder(pool: Pool): (sessionIds: readonly bigint[]) => Promise<bigint[]> {
  return async (sessionIds) => {
    const { rows } = await pool.query<{ id: bigint }>({ name: 'find-ended', text: FIND_ENDED, values: [sessionIds] });
    return rows.map(({ id }) => id);
  };
}

const sessionOf = ({ id, created_at, expires_at }: SessionRow): SessionRecord => ({
  sessionId: id,
  createdAt: created_at,
  expiresAt: expires_at,
});

const signedInOf = ({ name, label, prefix, id, ...times }: CallerRow): SignedIn => ({
  organisationName: name,
  keyLabel: label,
  keyPrefix: prefix,
  session: id === null ? undefined : sessionOf({ id, ...times }),
});
