import { createHash } from 'node:crypto';
import { invariant } from '#units';
import type { RandomBytes } from './api-key.js';

/** How long a browser stays signed in, ms. */
export const SESSION_MS = 12 * 60 * 60 * 1_000;
/** Sessions of a key; one more ends the oldest. */
export const SESSIONS_PER_KEY = 50;
const SECRET_BYTES = 32;

/** A session that has begun, as it is stored. */
export interface SessionRecord {
  readonly sessionId: bigint;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** Who signs in or out: a key, and the session where a browser shows one. */
export interface SessionHolder {
  readonly keyId: bigint;
  readonly sessionId?: bigint | undefined;
}

/** Who asks who they are. */
export interface Whoami extends SessionHolder {
  readonly organisationId: bigint;
}

/** A key with its organisation, and the session that was opened with it. */
export interface SignedIn {
  readonly organisationName: string;
  readonly keyLabel: string | null;
  readonly keyPrefix: string;
  readonly session: SessionRecord | undefined;
}

/** Where sessions are kept. Each call is a statement of its own. */
export interface SessionStore {
  /** Begins a session by the database's clock; what the key has beyond `most` ends, the oldest first, and so does what has expired. */
  begin(session: {
    readonly keyId: bigint;
    readonly hash: Uint8Array;
    readonly lastsMs: number;
    readonly most: number;
  }): Promise<SessionRecord>;
  /** Ends one. */
  end(sessionId: bigint): Promise<void>;
  /** Ends all of a key. */
  endAll(keyId: bigint): Promise<void>;
  /** Undefined where the key has gone meanwhile. */
  describe(who: Whoami): Promise<SignedIn | undefined>;
}

/**
 * What is stored of a session, and what it is found by. A key's text has no blanks where it is shown (`Bearer <key>`), so that no key has the hash
 * of a session, and no session is taken for a key.
 */
export const hashSession = (text: string): Uint8Array => createHash('sha256').update(`session ${text}`).digest();

/** A session in the clear: `text` is for the browser's cookie, is told once and kept nowhere. */
export type SignInOutcome = { readonly kind: 'signed_in'; readonly text: string; readonly session: SessionRecord };

/** What came of asking who one is. */
export type WhoamiOutcome = { readonly kind: 'not_found' } | ({ readonly kind: 'found' } & SignedIn);

/** Sessions of browsers: begun with a key, and good for no longer than that key. */
export class Sessions {
  constructor(
    private readonly store: SessionStore,
    private readonly randomBytes: RandomBytes,
  ) {}

  async signIn({ keyId }: SessionHolder): Promise<SignInOutcome> {
    const secret = this.randomBytes(SECRET_BYTES);
    invariant(secret.length === SECRET_BYTES, 'a session has 256 random bits');
    const text = Buffer.from(secret).toString('base64url');
    const session = await this.store.begin({ keyId, hash: hashSession(text), lastsMs: SESSION_MS, most: SESSIONS_PER_KEY });
    return { kind: 'signed_in', text, session };
  }

  /** Ends the caller's session; a caller that shows a key has none to end. */
  async signOut({ sessionId }: SessionHolder): Promise<void> {
    if (sessionId !== undefined) await this.store.end(sessionId);
  }

  /** Ends all sessions that were opened with the caller's key. */
  signOutEverywhere({ keyId }: SessionHolder): Promise<void> {
    return this.store.endAll(keyId);
  }

  async whoami(who: Whoami): Promise<WhoamiOutcome> {
    const found = await this.store.describe(who);
    return found ? { kind: 'found', ...found } : { kind: 'not_found' };
  }
}
