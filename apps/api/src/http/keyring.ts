import { hash } from 'node:crypto';
import { LIMITS, type Role } from '#contracts';
import type { Clock } from '#market';

/** How long a key that was found is believed: a revoked key stops working within this time everywhere. */
export const KEY_CACHE_MS = 4_000;
const KEYS_CACHED_MAX = 10_000;

/** Who calls: what a key stands for. */
export interface Caller {
  readonly keyId: bigint;
  readonly organisationId: bigint;
  readonly role: Role;
}

/** Looks a key up by its hash; undefined for an unknown or revoked one. */
export type FindCaller = (hash: Buffer) => Promise<Caller | undefined>;

/** Tells callers by their keys, and remembers the answer for a moment. Only hashes are kept. */
export class Keyring {
  private readonly found = new Map<string, { caller: Caller; untilMs: number }>();
  /** Keys that are being looked up: who asks meanwhile waits for the same answer. */
  private readonly looking = new Map<string, Promise<Caller | undefined>>();

  constructor(
    private readonly find: FindCaller,
    private readonly clock: Clock,
  ) {}

  async callerOf(key: string): Promise<Caller | undefined> {
    if (key.length > LIMITS.nameLength) return undefined;
    const name = hash('sha256', key, 'base64');
    const cached = this.found.get(name);
    if (cached && this.isFresh(cached)) return cached.caller;
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
      const caller = await this.find(Buffer.from(name, 'base64'));
      this.found.delete(name);
      if (caller) this.keep(name, { caller, untilMs });
      return caller;
    } finally {
      this.looking.delete(name);
    }
  }

  private keep(name: string, entry: { caller: Caller; untilMs: number }): void {
    if (this.found.size >= KEYS_CACHED_MAX) this.found.delete(this.found.keys().next().value as string);
    this.found.set(name, entry);
  }
}
