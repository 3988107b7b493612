import { AdaptiveDelay } from './adaptive-delay.js';

const LIMITS = { windowMs: 250, msPerRate: 60, pauseMsMin: 10, pauseMsMax: 200, busyMs: 1_000 };

describe('Pace', () => {
  let nowMs: number;
  let pace: AdaptiveDelay;
  /** Lets so many a second come for two seconds. */
  const comeAt = (perSecond: number): void => {
    for (let step = 0; step < 200; step++, nowMs += 10) pace.count(perSecond / 100);
  };

  beforeEach(() => {
    nowMs = 0;
    pace = new AdaptiveDelay({ nowMs: () => nowMs }, LIMITS);
  });

  it('lets nothing gather where little comes', () => {
    expect(pace.pauseMs).toBe(LIMITS.pauseMsMin);
    comeAt(100);
    expect(pace.pauseMs).toBe(LIMITS.pauseMsMin);
  });

  it('lets more gather the more comes, up to a limit', () => {
    comeAt(800);
    const some = pace.pauseMs;
    expect(some).toBeGreaterThan(LIMITS.pauseMsMin);
    comeAt(1_200);
    expect(pace.pauseMs).toBeGreaterThan(some);
    comeAt(100_000);
    expect(pace.pauseMs).toBe(LIMITS.pauseMsMax);
  });

  it('forgets after a silence, and when the clock is set back', () => {
    comeAt(100_000);
    nowMs += 1_000;
    expect(pace.pauseMs).toBe(LIMITS.pauseMsMin);
    comeAt(100_000);
    nowMs -= 3_600_000;
    expect(pace.pauseMs).toBe(LIMITS.pauseMsMin);
  });

  it('is busy for a while after one came', () => {
    expect(pace.isBusy()).toBe(false);
    pace.count(1);
    nowMs += LIMITS.busyMs - 1;
    expect(pace.isBusy()).toBe(true);
    nowMs += 1;
    expect(pace.isBusy()).toBe(false);
  });
});
