import { type FairRefusal, TurnTooLate } from './fair-queue.js';

/**
 * Why something dear is not done now. `share_exceeded`: the organisation, or its operator's organisations together, have as much under way as they may;
 * `pricing_busy`: all together have; `quote_failed`: it was begun, and could not be thought through.
 */
export interface Busy {
  readonly kind: 'share_exceeded' | 'pricing_busy' | 'quote_failed';
  readonly retryAfterMs: number;
  readonly detail: string;
}

const RETRY_AFTER_MS = 1_000;

/** What who has no turn is told. */
export const BUSY: Readonly<Record<FairRefusal, Busy>> = {
  share_used: {
    kind: 'share_exceeded',
    retryAfterMs: RETRY_AFTER_MS,
    detail: 'As many quotes and prices as one organisation, or one operator with its organisations, may ask for at once are under way.',
  },
  full: { kind: 'pricing_busy', retryAfterMs: RETRY_AFTER_MS, detail: 'As many quotes and prices as the server takes are under way.' },
};

const LATE: Busy = { kind: 'pricing_busy', retryAfterMs: RETRY_AFTER_MS, detail: 'The turn of this request did not come in time.' };

/** What has waited for its turn for too long was not done; a fault is a fault. */
export function busyWhereLate(cause: unknown): Busy {
  if (cause instanceof TurnTooLate) return LATE;
  throw cause;
}

/** What is told where thinking failed. */
export const QUOTE_FAILED: Busy = {
  kind: 'quote_failed',
  retryAfterMs: RETRY_AFTER_MS,
  detail: 'The thread that thought about this quote ended, or it took more memory or time than a quote may.',
};
