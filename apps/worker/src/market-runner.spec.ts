import type { MarketRoundResult, RunOutcome } from '#market';
import { MarketRunner, type Decider, type RunReport } from './market-runner.js';

const turn = (): Promise<void> => new Promise(setImmediate);
const DRAINED: RunOutcome = { kind: 'drained', decided: 1 };

/** A decider whose turns end when the test says so. */
class SlowDecider implements Decider {
  readonly begun: (readonly bigint[])[] = [];
  readonly slow: bigint[] = [];
  private readonly slowEnds: ((outcome: RunOutcome) => void)[] = [];
  private readonly ends: ((outcome: RunOutcome | Error) => void)[] = [];

  turn(marketIds: readonly bigint[]): Promise<readonly MarketRoundResult[]> {
    this.begun.push(marketIds);
    return new Promise((resolve) =>
      this.ends.push((end) =>
        resolve(marketIds.map((marketId) => (end instanceof Error ? { marketId, cause: end } : { marketId, outcome: end }))),
      ),
    );
  }

  /** Slow turns are told by what they begin with. */
  async slowTurn(marketId: bigint): Promise<MarketRoundResult> {
    this.slow.push(marketId);
    const end = await new Promise<RunOutcome>((resolve) => this.slowEnds.push(resolve));
    return { marketId, outcome: end };
  }

  async endSlow(outcome: RunOutcome = DRAINED): Promise<void> {
    this.slowEnds.shift()?.(outcome);
    await turn();
  }

  /** Ends the turn that began first. */
  async end(outcome: RunOutcome | Error = DRAINED): Promise<void> {
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
    runner = new MarketRunner(decider, { nowMs: () => nowMs }, report, { turns: 2, marketsMax: 3, slowTurns: 1 });
  });

  it('has a market in one turn at a time, and in one more if it was woken meanwhile', async () => {
    const done = runner.wake(1n);
    await turn();
    const again = Promise.all([runner.wake(1n), runner.wake(1n)]);
    await turn();
    expect(decider.begun).toEqual([[1n]]);
    await decider.end();
    expect(decider.begun).toEqual([[1n], [1n]]);
    await decider.end();
    await Promise.all([done, again]);
    expect(decider.begun).toHaveLength(2);
  });

  it('puts markets that are woken in the same moment into one turn, and keeps to its size and number', async () => {
    const done = Promise.all([5n, 4n, 3n, 2n, 1n].map((marketId) => runner.wake(marketId)));
    await turn();
    expect(decider.begun).toEqual([
      [5n, 4n, 3n],
      [2n, 1n],
    ]);
    const later = Promise.all([6n, 7n].map((marketId) => runner.wake(marketId)));
    await turn();
    expect(decider.begun).toHaveLength(2);
    await decider.end();
    expect(decider.begun[2]).toEqual([6n, 7n]); // gathered while none was free
    await decider.end();
    await decider.end();
    await Promise.all([done, later]);
  });

  it('goes on with markets of which more waits, dealt to all turns that are free', async () => {
    const done = [1n, 2n, 3n].map((marketId) => runner.wake(marketId));
    await turn();
    await decider.end({ kind: 'more', decided: 9 });
    expect(decider.begun).toEqual([[1n, 2n, 3n], [1n, 2n], [3n]]);
    expect(runner.isAwake(1n)).toBe(true);
    await decider.end();
    await decider.end();
    await Promise.all(done);
    expect(runner.isAwake(1n)).toBe(false);
  });

  it('decides what takes long beside the turns, one at a time, and goes on with what is woken meanwhile', async () => {
    const slow = [1n, 2n].map((marketId) => runner.wake(marketId));
    await turn();
    await decider.end({ kind: 'slow', decided: 0 });
    expect(decider.slow).toEqual([1n]);
    const others = [3n, 4n, 5n, 6n].map((marketId) => runner.wake(marketId));
    await turn();
    expect(decider.begun).toEqual([[1n, 2n], [3n, 4n, 5n], [6n]]);
    await decider.end();
    await decider.end();
    await Promise.all(others); // while the slow turn goes on
    expect(runner.isAwake(1n)).toBe(true);
    await decider.endSlow({ kind: 'more', decided: 1 });
    expect(decider.slow).toEqual([1n, 2n]); // the other one first
    await decider.endSlow();
    expect(decider.slow).toEqual([1n, 2n, 1n]);
    void runner.wake(1n);
    await decider.endSlow();
    expect(decider.begun.at(-1)).toEqual([1n]); // what came meanwhile may be quick
    await decider.end();
    await Promise.all(slow);
    expect(runner.isAwake(1n)).toBe(false);
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

  it('stops once the turns under way have ended, and begins no other one', async () => {
    const done = [1n, 2n, 3n, 4n, 5n, 6n, 7n].map((marketId) => runner.wake(marketId));
    await turn();
    void runner.wake(1n);
    const stopped = runner.stop();
    await runner.wake(8n);
    await decider.end({ kind: 'stopped', decided: 0 });
    await decider.end({ kind: 'more', decided: 3 });
    await Promise.all([...done, stopped]);
    expect(decider.begun).toEqual([
      [1n, 2n, 3n],
      [4n, 5n, 6n],
    ]);
  });
});
