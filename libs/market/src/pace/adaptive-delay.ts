import type { Clock } from '../clock/index.js';

/** How a pause follows from what comes. */
export interface AdaptiveDelayLimits {
  /** What comes is counted over so long, ms. */
  readonly windowMs: number;
  /** So many ms of pause for each one that comes in a millisecond … */
  readonly msPerRate: number;
  /** … between these, ms. */
  readonly pauseMsMin: number;
  readonly pauseMsMax: number;
  /** How long after the last one it is still busy, ms. */
  readonly busyMs: number;
}

/**
 * How long things may gather before they are looked at together. Every look costs something however little it finds: where little comes,
 * each is looked at at once; where much comes, enough of it gathers to share that cost.
 */
export class AdaptiveDelay {
  private windowBeganMs = -Infinity;
  private inWindow = 0;
  private perMs = 0;
  private countedAtMs = -Infinity;

  constructor(
    private readonly clock: Clock,
    private readonly limits: AdaptiveDelayLimits,
  ) {}

  /** So many have come. */
  count(many: number): void {
    const nowMs = this.clock.nowMs();
    this.countedAtMs = nowMs;
    this.close(nowMs);
    this.inWindow += many;
  }

  /** Whether anything came a moment ago. */
  isBusy(): boolean {
    const agoMs = this.clock.nowMs() - this.countedAtMs;
    return agoMs >= 0 && agoMs < this.limits.busyMs;
  }

  /** ms */
  get pauseMs(): number {
    this.close(this.clock.nowMs());
    const { msPerRate, pauseMsMin, pauseMsMax } = this.limits;
    return Math.min(pauseMsMax, Math.max(pauseMsMin, this.perMs * msPerRate));
  }

  /** Ends the window where its time is over; after a longer silence, or a clock that was set back, the rate is none. */
  private close(nowMs: number): void {
    const { windowMs } = this.limits;
    const ageMs = nowMs - this.windowBeganMs;
    if (ageMs >= 0 && ageMs < windowMs) return;
    this.perMs = ageMs >= 0 && ageMs < 2 * windowMs ? this.inWindow / ageMs : 0;
    this.windowBeganMs = nowMs;
    this.inWindow = 0;
  }
}
