import type { Clock } from '#market';
import { BUSY_MS, PACE_MS_MAX, PACE_MS_MIN, PACED_BIDS } from './settings.js';

/** Decisions are counted over so long, ms. */
const WINDOW_MS = 250;

/**
 * How long bids may gather before their markets are looked at again. Every batch costs something however short it is: where few bids
 * come, each is decided at once; where many come, enough of them gather to share that cost.
 */
export class Pace {
  private windowBeganMs = -Infinity;
  private inWindow = 0;
  private perMs = 0;
  private decidedAtMs = -Infinity;

  constructor(private readonly clock: Clock) {}

  /** Bids were decided. */
  decided(bids: number): void {
    const nowMs = this.clock.nowMs();
    this.decidedAtMs = nowMs;
    this.close(nowMs);
    this.inWindow += bids;
  }

  /** Whether anything was decided a moment ago. */
  isBusy(): boolean {
    return this.clock.nowMs() - this.decidedAtMs < BUSY_MS;
  }

  /** ms */
  get pauseMs(): number {
    this.close(this.clock.nowMs());
    return Math.min(PACE_MS_MAX, Math.max(PACE_MS_MIN, this.perMs * PACED_BIDS));
  }

  /** Ends the window where its time is over; after a longer silence, or a clock that was set back, the rate is none. */
  private close(nowMs: number): void {
    const ageMs = nowMs - this.windowBeganMs;
    if (ageMs >= 0 && ageMs < WINDOW_MS) return;
    this.perMs = ageMs >= 0 && ageMs < 2 * WINDOW_MS ? this.inWindow / ageMs : 0;
    this.windowBeganMs = nowMs;
    this.inWindow = 0;
  }
}
