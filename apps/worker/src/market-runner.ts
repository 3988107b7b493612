import type { Clock, RunOutcome } from '#market';
import { Semaphore } from './semaphore.js';

/** Decides a market's backlog; what the runner wakes. */
export interface Decider {
  run(marketId: bigint, signal: AbortSignal): Promise<RunOutcome>;
}

/** Told what runs did. */
export interface RunReport {
  ended(marketId: bigint, outcome: RunOutcome): void;
  failed(marketId: bigint, cause: unknown, retryInMs: number): void;
}

/** A market whose run failed rests before it is tried again: twice as long each time, ms. */
const REST_MS_MIN = 250;
const REST_MS_MAX = 10_000;

/**
 * Wakes markets: at most `concurrency` at a time, each once at a time and once more if woken meanwhile. A market whose run fails rests
 * for a while; the sweep wakes it again.
 */
export class MarketRunner {
  private readonly awake = new Map<bigint, { again: boolean; done: Promise<void> }>();
  private readonly resting = new Map<bigint, { failures: number; untilMs: number }>();
  private readonly stopping = new AbortController();
  private readonly places: Semaphore;

  constructor(
    private readonly decider: Decider,
    private readonly clock: Clock,
    private readonly report: RunReport,
    concurrency: number,
  ) {
    this.places = new Semaphore(concurrency);
  }

  /** Resolves when the market's work of this moment is done, failed or left to another process; never rejects. */
  wake(marketId: bigint): Promise<void> {
    if (this.stopping.signal.aborted || this.isResting(marketId)) return Promise.resolve();
    const current = this.awake.get(marketId);
    if (current) {
      current.again = true;
      return current.done;
    }
    const state = { again: true, done: Promise.resolve() };
    this.awake.set(marketId, state);
    state.done = this.places.within(() => this.runWhileAsked(marketId, state)).finally(() => this.awake.delete(marketId));
    return state.done;
  }

  /** Whether the market is being decided or waits for its turn: it looks for new bids by itself then. */
  isAwake(marketId: bigint): boolean {
    return this.awake.has(marketId);
  }

  /** Wakes nothing more and waits for what runs: each ends after the batch that it is at. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.all([...this.awake.values()].map(({ done }) => done));
  }

  private async runWhileAsked(marketId: bigint, state: { again: boolean }): Promise<void> {
    while (state.again && !this.stopping.signal.aborted) {
      state.again = false;
      await this.run(marketId);
    }
  }

  private async run(marketId: bigint): Promise<void> {
    try {
      const outcome = await this.decider.run(marketId, this.stopping.signal);
      this.resting.delete(marketId);
      this.report.ended(marketId, outcome);
    } catch (cause) {
      const failures = (this.resting.get(marketId)?.failures ?? 0) + 1;
      const restMs = Math.min(REST_MS_MAX, REST_MS_MIN * 2 ** (failures - 1));
      this.resting.set(marketId, { failures, untilMs: this.clock.nowMs() + restMs });
      this.report.failed(marketId, cause, restMs);
    }
  }

  private isResting(marketId: bigint): boolean {
    const leftMs = (this.resting.get(marketId)?.untilMs ?? 0) - this.clock.nowMs();
    return leftMs > 0 && leftMs <= REST_MS_MAX; // longer: the clock was set back meanwhile
  }
}
