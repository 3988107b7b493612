import type { Caller } from '../http/api-key-cache.js';
import type { KeyWatch } from '../http/key-watch.js';
import { ProblemError } from '../http/problem-error.js';
import type { Quota } from '../http/quota.js';
import type { DecisionWaiter } from './decision-waiter.js';

/** Who waits, and how it is known that it is over. */
export interface WaitRequest {
  readonly caller: Caller;
  readonly whenOver: (done: () => void) => void;
}

/** A place among those who wait. */
export interface Wait {
  /**
   * Waits for a bid's decision; once. @returns whether it came within `ms` and before the caller went away.
   * @throws ProblemError unauthenticated where the key was revoked meanwhile.
   */
  forDecision(bid: { readonly marketId: bigint; readonly bidId: bigint; readonly ms: number }): Promise<boolean>;
}

/** Requests that wait for decisions: no more than there are places for, none for longer than its key is good or its caller there. */
export class Waits {
  constructor(
    private readonly waiter: DecisionWaiter,
    private readonly quota: Quota,
    private readonly keyWatch: KeyWatch,
  ) {}

  /** Takes a place until the request is over. @throws ProblemError where there is none. */
  begin({ caller, whenOver }: WaitRequest): Wait {
    const hold = this.quota.take(caller);
    whenOver(() => hold.release());
    return { forDecision: (bid) => this.wait(bid, { caller, whenOver }) };
  }

  private async wait(bid: Parameters<Wait['forDecision']>[0], { caller, whenOver }: WaitRequest): Promise<boolean> {
    let isRevoked = false;
    let unwatch = (): void => undefined;
    const decided = await this.waiter.wait(bid, (end) => {
      whenOver(end);
      unwatch = this.keyWatch.watch(caller.keyId, () => {
        isRevoked = true;
        end();
      });
    });
    unwatch();
    if (isRevoked)
      throw new ProblemError('unauthenticated', { detail: 'The key was revoked meanwhile.' }, { 'www-authenticate': 'Bearer' });
    return decided;
  }
}
