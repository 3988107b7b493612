import { Meter, POINT_MS } from './meter.js';

function scene() {
  const clock = { ms: 1_000, nowMs: () => clock.ms };
  const meter = new Meter(clock);
  return { clock, meter };
}

describe('Meter', () => {
  it('measures an answer from when its request was due, and a decision from the answer', () => {
    const { clock, meter } = scene();
    clock.ms += 30;
    meter.ack(['1', '2'], 1_010);
    clock.ms += 50;
    meter.decision('1', 'accepted');
    expect(meter.accept.getValueAtPercentile(50)).toBeCloseTo(20_000, -2);
    expect(meter.decide.getValueAtPercentile(50)).toBeCloseTo(50_000, -2);
    expect([meter.acked, meter.decided, meter.pending]).toEqual([2, 1, 1]);
  });

  it('takes a decision that came before its answer for none to wait for', () => {
    const { clock, meter } = scene();
    meter.decision('1', 'refused');
    clock.ms += 5;
    meter.ack(['1'], 1_000);
    expect([meter.pending, meter.refused, meter.decide.maxValue]).toEqual([0, 1, 0]);
  });

  it('measures no latency of what was due while it warmed up, and counts it all the same', () => {
    const { clock, meter } = scene();
    meter.start(100);
    clock.ms += 150;
    meter.ack(['1'], 1_090);
    meter.ack(['2'], 1_110);
    meter.decision('1', 'refused');
    expect([meter.accept.totalCount, meter.accept.maxValue, meter.acked]).toEqual([1, 40_000, 2]);
    expect([meter.decide.totalCount, meter.decided, meter.pending]).toEqual([1, 1, 1]);
  });

  it('counts a decision that is told twice once, and says so', () => {
    const { meter } = scene();
    meter.decision('1', 'refused');
    meter.decision('1', 'refused');
    expect([meter.decided, meter.decidedTwice]).toEqual([1, 1]);
  });

  it('keeps a timeline', () => {
    const { clock, meter } = scene();
    meter.ack(['1'], 1_000);
    clock.ms += 2 * POINT_MS;
    meter.decision('1', 'refused');
    expect(meter.points).toEqual([
      { acked: 1, decided: 0 },
      { acked: 0, decided: 0 },
      { acked: 0, decided: 1 },
    ]);
  });
});
