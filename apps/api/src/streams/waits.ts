import type { Caller } from '../http/api-key-cache.js';
import type { CallerEnd, CallerWatch } from '../http/caller-watch.js';
import { ProblemError } from '../http/problem-error.js';
import type { Quota } from '../http/quota.js';
import type { DecisionWaiter } from './decision-waiter.js';

/** What is told to a caller whose wait ends early. */
const OVER: Readonly<Record<CallerEnd, string>> = {
  key_revoked: 'The key was revoked meanwhile.',
  session_over: 'The session has ended meanwhile.',
};

/** Who waits, and how it is known that it is over. */
export interface WaitRequest {
  readonly caller: Caller;
  readonly whenOver: (done: () => void) => void;
}

/** A place among those who wait. */
export interface Wait {
  /**
   * Waits for a bid's decision; once. @returns whether it came within `ms` and before the caller went away.
   * @throws ProblemError unauthenticated where the key was revoked, or the session ended, meanwhile.
   */
  forDecision(bid: { readonly marketId: bigint; readonly bidId: bigint; readonly ms: number }): Promise<boolean>;
}

/** Requests that wait for decisions: no more than there are places for, none for longer than its key is good or its caller there. */
export class Waits {
  constructor(
    private readonly waiter: DecisionWaiter,
    private readonly quota: Quota,
    private readonly callers: CallerWatch,
  ) {}

  /** Takes a place until the request is over. @throws ProblemError where there is none. */
  begin({ caller, whenOver }: WaitRequest): Wait {
    const hold = this.quota.take(caller);
    whenOver(() => hold.release());
    return { forDecision: (bid) => this.wait(bid, { caller, whenOver }) };
  }

  private async wait(bid: Parameters<Wait['forDecision']>[0], { caller, whenOver }: WaitRequest): Promise<boolean> {
    let over: CallerEnd | undefined;
    let unwatch = (): void => undefined;
    const decided = await this.waiter.wait(bid, (end) => {
      whenOver(end);
      unwatch = this.callers.watch(caller, (why) => {
        over = why;
        end();
      });
    });
    unwatch();
    if (over !== undefined) throw new ProblemError('unauthenticated', { detail: OVER[over] }, { 'www-authenticate': 'Bearer' });
    return decided;
  }
}
