import { LOOK_EVERY_MS } from './api-key-cache.js';

/** Which of some keys are revoked. */
export type FindRevoked = (keyIds: readonly bigint[]) => Promise<readonly bigint[]>;

/**
 * Watches the keys of whatever goes on for long after its key was checked: event streams, requests that wait. One statement at a time for all of them,
 * each key once, however many of its streams are open; none while nothing is open.
 */
export class KeyWatch {
  private readonly watched = new Map<bigint, Set<() => void>>();
  private timer: NodeJS.Timeout | undefined;
  private isLooking = false;

  constructor(
    private readonly findRevoked: FindRevoked,
    private readonly onTrouble: (cause: unknown) => void,
  ) {}

  /** Calls back once where the key is revoked, here or by another process. @returns what ends the watch. */
  watch(keyId: bigint, onRevoked: () => void): () => void {
    const callbacks = this.watched.get(keyId) ?? new Set();
    this.watched.set(keyId, callbacks.add(onRevoked));
    this.timer ??= setInterval(() => void this.look(), LOOK_EVERY_MS).unref();
    return () => {
      callbacks.delete(onRevoked);
      if (callbacks.size > 0 || this.watched.get(keyId) !== callbacks) return;
      this.watched.delete(keyId);
      this.rest();
    };
  }

  /** How many are watched for. */
  get count(): number {
    let count = 0;
    for (const callbacks of this.watched.values()) count += callbacks.size;
    return count;
  }

  /** Looks at once: a key was revoked by this process. Never rejects. */
  async look(): Promise<void> {
    if (this.isLooking || this.watched.size === 0) return;
    this.isLooking = true;
    try {
      for (const keyId of await this.findRevoked([...this.watched.keys()])) this.end(keyId);
    } catch (cause) {
      this.onTrouble(cause); // looked at again soon; without its database a stream tells nothing
    }
    this.isLooking = false;
  }

  private end(keyId: bigint): void {
    const callbacks = this.watched.get(keyId) ?? [];
    this.watched.delete(keyId);
    for (const onRevoked of callbacks) onRevoked();
    this.rest();
  }

  private rest(): void {
    if (this.watched.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }
}
