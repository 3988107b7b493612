import { admit } from './admission.js';
import { brokenCap, spentIn } from './caps.js';
import type { Micros } from '#units';
import type { SpendingCap } from './types.js';

/** What a bid would get if there were no budgets, and the first one that has no room for it. */
export interface BeyondCaps {
  readonly completion: number;
  readonly price: Micros;
  /** By its place among the caps. */
  readonly cap: number;
  /** What it would take of that. */
  readonly takes: Micros;
}

/** What a bid would get if there were no budgets, whatever the wallet holds; undefined where they have room for it, or it would get nothing. */
export function beyondCaps<Job, Plan>(
  subject: Omit<Parameters<typeof admit<Job, Plan>>[0], 'fundsMicros' | 'caps'>,
  caps: readonly SpendingCap[],
): BeyondCaps | undefined {
  const free = admit(subject);
  const broken = free.kind === 'accepted' ? brokenCap(caps, free.lines) : undefined;
  if (free.kind === 'refused' || !broken) return undefined;
  return { completion: free.completion, price: free.payment, cap: caps.indexOf(broken), takes: spentIn(broken, free.lines) };
}
