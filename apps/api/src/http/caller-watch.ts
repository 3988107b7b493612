import type { Caller } from './api-key-cache.js';
import type { KeyWatch } from './key-watch.js';

/** Why a caller is let in no longer. */
export type CallerEnd = 'key_revoked' | 'session_over';

/** Watches those whose requests go on for long: by their keys and, where a browser asks, by its session too. */
export class CallerWatch {
  /** @param keys tells of revoked keys, `sessions` of sessions that are over. */
  constructor(
    private readonly keys: KeyWatch,
    private readonly sessions: KeyWatch,
  ) {}

  /** Calls back once where the caller is let in no longer. @returns what ends the watch. */
  watch({ keyId, sessionId }: Pick<Caller, 'keyId' | 'sessionId'>, onEnd: (why: CallerEnd) => void): () => void {
    const unwatch: (() => void)[] = [];
    let isOver = false;
    const end = (why: CallerEnd): void => {
      if (isOver) return;
      isOver = true;
      onEnd(why);
    };
    unwatch.push(this.keys.watch(keyId, () => end('key_revoked')));
    if (sessionId !== undefined) unwatch.push(this.sessions.watch(sessionId, () => end('session_over')));
    return () => unwatch.forEach((stop) => stop());
  }

  /** Looks at once: something was revoked or ended by this process. Never rejects. */
  async look(): Promise<void> {
    await Promise.all([this.keys.look(), this.sessions.look()]);
  }
}
