import { invariant } from '#units';
import type { AdaptiveDelayLimits } from './pace/index.js';

/**
 * How processes leave each other time: constants that hold only together. What follows from others is computed from them; the rest is checked, when a
 * process starts.
 */

/**
 * While bids are being decided, and for a while after the last decision, a worker looks for more of them: the pause in between grows with the rate of
 * decisions.
 */
export const PACE: AdaptiveDelayLimits = { windowMs: 250, msPerRate: 60, pauseMsMin: 10, pauseMsMax: 60, busyMs: 1_000 };

/** A batch takes no further bid once it has been thought about for so long, ms; a part of the lease. */
export const THINK_MS_MAX = 250;
/** What reading a turn and writing it take beside that, on a busy machine, ms. */
const TURN_STATEMENTS_MS = 90;

/**
 * How long bids of a market are left to the worker that decided there last, ms: its book is at hand, another one would have to read it. It looks for them
 * after its pause and a turn under way, however long that thinks; by then it is dead, or has more than it can do.
 */
export const OTHERS_AFTER_MS = PACE.pauseMsMax + THINK_MS_MAX + TURN_STATEMENTS_MS;

/** What may pass between a decision and the moment when an API that was told of it has stored a bid, ms: notification, gathering, statement. */
const STORED_LATE_MS = 540;

/**
 * How long an API that was told of a decision wakes nobody, ms: a worker that decided looks for bids of all markets for `busyMs`, and a bid stored at
 * the end of this time is still there for its last look.
 */
export const AWAKE_MS = PACE.busyMs - PACE.pauseMsMax - STORED_LATE_MS;

/** A lease is renewed so many times before it would end, and thought may take so small a part of it: one renewal may be late. */
export const RENEWALS_PER_LEASE = 3;
const THOUGHTS_PER_LEASE = 4;

/** How long a batch may be thought about under a lease of so many milliseconds. */
export const thinkMsOf = (leaseMs: number): number => Math.min(THINK_MS_MAX, Math.floor(leaseMs / THOUGHTS_PER_LEASE));

invariant(PACE.pauseMsMin <= PACE.pauseMsMax, 'a pause has a range');
invariant(PACE.pauseMsMax < PACE.busyMs, 'a worker looks again before it thinks that nothing comes any more');
invariant(AWAKE_MS > 0, 'a decision spares a wake-up');
invariant(THOUGHTS_PER_LEASE > RENEWALS_PER_LEASE, 'a batch is thought about for less than the time between two renewals of its lease');
