import type { RunOutcome } from '#market';
import { MarketRunner, type Decider, type RunReport } from './market-runner.js';

const turn = (): Promise<void> => new Promise(setImmediate);

/** A decider whose runs end when the test says so. */
class SlowDecider implements Decider {
  readonly begun: bigint[] = [];
  private readonly ends: ((outcome: RunOutcome | Error) => void)[] = [];

  run(marketId: bigint): Promise<RunOutcome> {
    this.begun.push(marketId);
    return new Promise((resolve, reject) => this.ends.push((end) => (end instanceof Error ? reject(end) : resolve(end))));
  }

  async end(outcome: RunOutcome | Error = { kind: 'drained', decided: 1 }): Promise<void> {
    this.ends.shift()?.(outcome);
    await turn();
  }
}

describe('MarketRunner', () => {
  let decider: SlowDecider;
  let nowMs: number;
  let rests: number[];
  let runner: MarketRunner;

  beforeEach(() => {
    decider = new SlowDecider();
    nowMs = 0;
    rests = [];
    const report: RunReport = { ended: () => undefined, failed: (_marketId, _cause, retryInMs) => rests.push(retryInMs) };
    runner = new MarketRunner(decider, { nowMs: () => nowMs }, report, 2);
  });

  it('runs a market once at a time, and once more if woken meanwhile', async () => {
    const done = Promise.all([runner.wake(1n), runner.wake(1n), runner.wake(1n)]);
    await turn();
    expect(decider.begun).toEqual([1n]);
    await decider.end();
    expect(decider.begun).toEqual([1n, 1n]);
    await decider.end();
    await done;
    expect(decider.begun).toEqual([1n, 1n]);
  });

  it('keeps to its number of markets, in the order of waking', async () => {
    const done = Promise.all([1n, 2n, 3n].map((marketId) => runner.wake(marketId)));
    await turn();
    expect(decider.begun).toEqual([1n, 2n]);
    await decider.end();
    expect(decider.begun).toEqual([1n, 2n, 3n]);
    await decider.end();
    await decider.end();
    await done;
  });

  it('lets a market rest after a failure, longer each time and ten seconds at most', async () => {
    for (let failure = 0; failure < 8; failure++) {
      const done = runner.wake(1n);
      await turn();
      await decider.end(new Error('no database'));
      await done;
      await runner.wake(1n); // resting: nothing happens
      nowMs += 10_000;
    }
    expect(rests).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
    expect(decider.begun).toHaveLength(8);
  });

  it('does not let a market rest for longer when the clock is set back', async () => {
    const done = runner.wake(1n);
    await turn();
    await decider.end(new Error('no database'));
    await done;
    nowMs -= 3_600_000;
    void runner.wake(1n);
    await turn();
    expect(decider.begun).toHaveLength(2);
    await decider.end();
  });

  it('stops once the runs under way have ended, and wakes nothing more', async () => {
    const done = runner.wake(1n);
    void runner.wake(1n);
    await turn();
    const stopped = runner.stop();
    await runner.wake(2n);
    await decider.end({ kind: 'stopped', decided: 0 });
    await Promise.all([done, stopped]);
    expect(decider.begun).toEqual([1n]);
  });
});
