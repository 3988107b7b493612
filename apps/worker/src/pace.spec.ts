import { Pace } from './pace.js';
import { BUSY_MS, PACE_MS_MAX, PACE_MS_MIN } from './settings.js';

describe('Pace', () => {
  let nowMs: number;
  let pace: Pace;
  /** Decides so many bids a second for two seconds. */
  const decideAt = (perSecond: number): void => {
    for (let step = 0; step < 200; step++, nowMs += 10) pace.decided(perSecond / 100);
  };

  beforeEach(() => {
    nowMs = 0;
    pace = new Pace({ nowMs: () => nowMs });
  });

  it('lets nothing gather where little comes', () => {
    expect(pace.pauseMs).toBe(PACE_MS_MIN);
    decideAt(100);
    expect(pace.pauseMs).toBe(PACE_MS_MIN);
  });

  it('lets more gather the more comes, up to a limit', () => {
    decideAt(800);
    const some = pace.pauseMs;
    expect(some).toBeGreaterThan(PACE_MS_MIN);
    decideAt(1_200);
    expect(pace.pauseMs).toBeGreaterThan(some);
    decideAt(100_000);
    expect(pace.pauseMs).toBe(PACE_MS_MAX);
  });

  it('forgets after a silence, and when the clock is set back', () => {
    decideAt(100_000);
    nowMs += 1_000;
    expect(pace.pauseMs).toBe(PACE_MS_MIN);
    decideAt(100_000);
    nowMs -= 3_600_000;
    expect(pace.pauseMs).toBe(PACE_MS_MIN);
  });

  it('is busy for a while after a decision', () => {
    expect(pace.isBusy()).toBe(false);
    pace.decided(1);
    nowMs += BUSY_MS - 1;
    expect(pace.isBusy()).toBe(true);
    nowMs += 1;
    expect(pace.isBusy()).toBe(false);
  });
});
