import { BoundedMap } from '#units';
import type { Clock } from '../clock/index.js';

/** How often a key's use is written at most, ms. */
const WRITE_EVERY_MS = 60_000;
/** Keys remembered; one that is forgotten costs a statement more. */
const KEYS_MAX = 10_000;

/** Keeps when keys were used last. */
export interface KeyUseStore {
  /** Writes that these keys are used now, by the database's clock. */
  markUsed(keyIds: readonly bigint[]): Promise<void>;
}

/**
 * Notes when keys are used, aside from what they are used for: nobody waits for it, and what is used all the time is written once a minute. What
 * cannot be written is lost: it is a help for whoever tidies up, nothing that is decided by.
 */
export class KeyUse {
  private readonly writtenMs = new BoundedMap<bigint, number>(KEYS_MAX);
  private due: bigint[] = [];

  /** @param onTrouble told of what could not be written. */
  constructor(
    private readonly store: KeyUseStore,
    private readonly clock: Clock,
    private readonly onTrouble: (cause: unknown) => void,
  ) {}

  note(keyId: bigint): void {
    const nowMs = this.clock.nowMs();
    if (Math.abs(nowMs - (this.writtenMs.get(keyId) ?? -Infinity)) < WRITE_EVERY_MS) return;
    this.writtenMs.set(keyId, nowMs);
    if (this.due.length === 0) setImmediate(() => this.write());
    this.due.push(keyId);
  }

  private write(): void {
    const { due } = this;
    this.due = [];
    this.store.markUsed(due).catch(this.onTrouble);
  }
}
