import { hash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { LIMITS, type Role } from '#contracts';
import { type Clock, hashSession } from '#market';
import { BoundedMap } from '#units';

/** A revoked key stops working everywhere within this time, ms: what is promised (docs/operations.md). */
const REVOKED_WITHIN_MS = 5_000;
/** What of it is for a statement that looks keys up, on a busy machine, ms. */
const LOOK_UP_MS_MAX = 1_000;
/** How often keys of what is long (streams, waits) are looked at, ms: one look may be missed. */
export const LOOK_EVERY_MS = Math.floor((REVOKED_WITHIN_MS - LOOK_UP_MS_MAX) / 2);
/** How long a key that was found is believed: a revoked key stops working within this time everywhere. */
export const KEY_CACHE_MS = REVOKED_WITHIN_MS - LOOK_UP_MS_MAX;
const KEYS_CACHED_MAX = 10_000;

/** Who calls: what a key, or the session that was opened with it, stands for. */
export interface Caller {
  readonly keyId: bigint;
  /** Of a browser that has signed in; undefined where the key itself was shown. */
  readonly sessionId?: bigint | undefined;
  /** What of its role the key may do; all of it where there is none. */
  readonly scopes?: readonly string[];
  readonly organisationId: bigint;
  /** The organisation below the first one that the caller's descends from: an operator with all that it made. */
  readonly familyId: bigint;
  readonly role: Role;
  /** Of an agent: the site that it speaks for. */
  readonly siteId?: bigint | undefined;
}

/** Looks keys up by their hashes; an answer for each, in order: undefined for an unknown or revoked one. */
export type FindCallers = (hashes: readonly Buffer[]) => Promise<readonly (Caller | undefined)[]>;

/** What a key is known by here: its hash. */
export type KeyName = string & { readonly __keyName: true };

/** @returns undefined for a text that is too long to be a key. */
export const nameOf = (key: string): KeyName | undefined =>
  key.length > LIMITS.nameLength ? undefined : (hash('sha256', key, 'base64') as KeyName);

/** What a session is known by here. @returns undefined for a text that is too long to be one. */
export const nameOfSession = (text: string): KeyName | undefined =>
  text.length > LIMITS.nameLength ? undefined : (Buffer.from(hashSession(text)).toString('base64') as KeyName);

/** Keys that one statement looks for. */
const LOOK_UPS_MAX = 256;
/** Statements that look for nothing but keys never seen before are so long apart, ms. */
const UNKNOWN_EVERY_MS = 10;

/** A key that is being looked up. */
interface LookUp {
  readonly name: string;
  readonly resolve: (caller: Caller | undefined) => void;
  readonly reject: (cause: unknown) => void;
}

/**
 * Tells callers by their keys, and remembers the answer for a moment. Only hashes are kept. Keys are looked up by one statement at a time, those
 * that were good before others: however many wrong ones are sent, they take no more of the database than that, and hold up no good one for long.
 */
export class ApiKeyCache {
  private readonly found = new BoundedMap<string, { caller: Caller; untilMs: number }>(KEYS_CACHED_MAX);
  /** Keys that are being looked up: who asks meanwhile waits for the same answer. */
  private readonly looking = new Map<string, Promise<Caller | undefined>>();
  private readonly asked = { known: [] as LookUp[], unknown: [] as LookUp[] };
  private isAsking = false;

  constructor(
    private readonly find: FindCallers,
    private readonly clock: Clock,
  ) {}

  /** The caller of a key that was found a moment ago; undefined where it has to be looked up. */
  remembered(name: KeyName): Caller | undefined {
    const cached = this.found.get(name);
    return cached && this.isFresh(cached) ? cached.caller : undefined;
  }

  async callerOf(name: KeyName): Promise<Caller | undefined> {
    const remembered = this.remembered(name);
    if (remembered) return remembered;
    const looking = this.looking.get(name) ?? this.look(name);
    this.looking.set(name, looking);
    return looking;
  }

  /** Forgets all answers: after a revocation in this process the next request looks again. */
  forget(): void {
    this.found.clear();
    this.looking.clear();
  }

  /** An answer that would last longer than answers do is from before the clock was set back. */
  private isFresh({ untilMs }: { readonly untilMs: number }): boolean {
    const leftMs = untilMs - this.clock.nowMs();
    return leftMs > 0 && leftMs <= KEY_CACHE_MS;
  }

  private async look(name: string): Promise<Caller | undefined> {
    const untilMs = this.clock.nowMs() + KEY_CACHE_MS;
    try {
      const caller = await this.ask(name);
      if (caller) this.found.set(name, { caller, untilMs });
      else this.found.delete(name);
      return caller;
    } finally {
      this.looking.delete(name);
    }
  }

  private ask(name: string): Promise<Caller | undefined> {
    return new Promise((resolve, reject) => {
      (this.found.has(name) ? this.asked.known : this.asked.unknown).push({ name, resolve, reject });
      if (!this.isAsking) void this.askAll();
    });
  }

  /** Never rejects: those who asked are told. */
  private async askAll(): Promise<void> {
    this.isAsking = true;
    await Promise.resolve(); // those who come in the same turn go along
    for (let some = this.nextLookUps(); some.length > 0; some = this.nextLookUps()) {
      try {
        const callers = await this.find(some.map(({ name }) => Buffer.from(name, 'base64')));
        some.forEach(({ resolve }, index) => resolve(callers[index]));
      } catch (cause) {
        for (const { reject } of some) reject(cause);
      }
      if (this.asked.known.length === 0) await sleep(UNKNOWN_EVERY_MS);
    }
    this.isAsking = false;
  }

  private nextLookUps(): LookUp[] {
    const known = this.asked.known.splice(0, LOOK_UPS_MAX);
    return [...known, ...this.asked.unknown.splice(0, LOOK_UPS_MAX - known.length)];
  }
}
