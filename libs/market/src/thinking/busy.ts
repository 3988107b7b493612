import type { FairRefusal } from './fair-queue.js';

/** Why something dear is not done now. `rate_limited`: the organisation, or its operator's organisations together, have as much under way as they may. */
export interface Busy {
  readonly kind: 'rate_limited' | 'overloaded';
  readonly retryAfterMs: number;
  readonly detail: string;
}

const RETRY_AFTER_MS = 1_000;

export const BUSY: Readonly<Record<FairRefusal, Busy>> = {
  share_used: {
    kind: 'rate_limited',
    retryAfterMs: RETRY_AFTER_MS,
    detail: 'As many such requests as one organisation, or one operator with its organisations, may have are under way.',
  },
  full: { kind: 'overloaded', retryAfterMs: RETRY_AFTER_MS, detail: 'Too many such requests are under way.' },
};
