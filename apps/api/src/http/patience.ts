import type { Clock } from '#market';

/** Refusals to come back later that an organisation is told, so far apart, ms: 250 a second. */
const APART_MS = 4;
/** None is kept back for longer, ms: who minds Retry-After loses nothing by it. */
const PAUSE_MS_MAX = 1_000;
/** Organisations remembered; beyond it those whose refusals are all told are forgotten. */
const REMEMBERED_MAX = 1_000;

/**
 * How long a refusal is kept back. Refusing costs about as much as answering: whoever asks again at once, over hundreds of connections, would take the
 * whole event loop with being refused.
 */
export class Patience {
  /** When the last refusal of an organisation is told, ms. */
  private readonly toldAtMs = new Map<bigint, number>();

  constructor(private readonly clock: Clock) {}

  /** Counts a refusal. @returns ms. */
  pauseMs(organisationId: bigint): number {
    const nowMs = this.clock.nowMs();
    if (this.toldAtMs.size > REMEMBERED_MAX) this.forget(nowMs);
    const last = this.toldAtMs.get(organisationId) ?? -Infinity;
    const isFromNow = Math.abs(last - nowMs) <= PAUSE_MS_MAX; // not from before the clock was set
    const toldAtMs = isFromNow ? Math.min(Math.max(nowMs, last + APART_MS), nowMs + PAUSE_MS_MAX) : nowMs;
    this.toldAtMs.set(organisationId, toldAtMs);
    return toldAtMs - nowMs;
  }

  private forget(nowMs: number): void {
    for (const [organisationId, toldAtMs] of this.toldAtMs) if (toldAtMs <= nowMs) this.toldAtMs.delete(organisationId);
  }
}
