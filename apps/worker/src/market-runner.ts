import type { Clock, MarketRoundResult, RunOutcome } from '#market';

/** Decides a batch of each market; what the runner wakes. */
export interface Decider {
  /** Never rejects: a market that can't be decided is told with its reason. */
  turn(marketIds: readonly bigint[], signal: AbortSignal): Promise<readonly MarketRoundResult[]>;
  /** Decides a batch of a market that takes long. Never rejects. */
  slowTurn(marketId: bigint, signal: AbortSignal): Promise<MarketRoundResult>;
}

/** Told what turns did. */
export interface RunReport {
  ended(marketId: bigint, outcome: RunOutcome): void;
  failed(marketId: bigint, cause: unknown, retryInMs: number): void;
}

/** How much is done at the same time. */
export interface RunLimits {
  /** Turns at the same time. */
  readonly turns: number;
  /** The most markets of a turn. */
  readonly marketsMax: number;
  /** Markets that take long, at the same time: beside the turns, and each by itself. */
  readonly slowTurns: number;
}

/** A market whose turn failed rests before it is tried again: twice as long each time, ms. */
const REST_MS_MIN = 250;
const REST_MS_MAX = 10_000;

interface Waking {
  again: boolean;
  readonly done: Promise<void>;
  readonly resolve: () => void;
}

/**
 * Wakes markets: those that are woken while a turn is free, or become so while none is, share the next one. Each market is in one turn at a time,
 * and in one more if it was woken meanwhile or more of it waits. One that takes long to think about waits for a slow turn, so that the others don't
 * wait for it. A market that fails rests for a while; the sweep wakes it again.
 */
export class MarketRunner {
  private readonly awake = new Map<bigint, Waking>();
  /** Markets that wait for a turn, in the order of waking. */
  private readonly due = new Set<bigint>();
  /** The same of slow turns. */
  private readonly slowDue = new Set<bigint>();
  private slowRunning = 0;
  private readonly resting = new Map<bigint, { failures: number; untilMs: number }>();
  private readonly stopping = new AbortController();
  private readonly running = new Set<Promise<void>>();
  private isBeginning = false;
  /** Whether the last turn left more to do: then markets are dealt to all turns that are free, so that one thinks while another is written. */
  private isDeep = false;

  constructor(
    private readonly decider: Decider,
    private readonly clock: Clock,
    private readonly report: RunReport,
    private readonly limits: RunLimits,
  ) {}

  /** Resolves when the market's work of this moment is done, failed or left to another process; never rejects. */
  wake(marketId: bigint): Promise<void> {
    if (this.stopping.signal.aborted || this.isResting(marketId)) return Promise.resolve();
    const current = this.awake.get(marketId);
    if (current) {
      current.again = true;
      return current.done;
    }
    let resolve = (): void => undefined;
    const done = new Promise<void>((resolveDone) => (resolve = resolveDone));
    this.awake.set(marketId, { again: false, done, resolve });
    this.due.add(marketId);
    this.beginSoon();
    return done;
  }

  /** Whether the market is being decided or waits for its turn: it looks for new bids by itself then. */
  isAwake(marketId: bigint): boolean {
    return this.awake.has(marketId);
  }

  /** Wakes nothing more and waits for the turns under way. */
  async stop(): Promise<void> {
    this.stopping.abort();
    for (const due of [this.due, this.slowDue]) {
      for (const marketId of due) this.fallAsleep(marketId);
      due.clear();
    }
    await Promise.all(this.running);
  }

  /** Markets that are woken in the same moment share a turn. */
  private beginSoon(): void {
    if (this.isBeginning) return;
    this.isBeginning = true;
    queueMicrotask(() => {
      this.isBeginning = false;
      this.begin();
    });
  }

  private begin(): void {
    this.beginSlow();
    for (let free = this.limits.turns - (this.running.size - this.slowRunning); this.due.size > 0 && free > 0; free--) {
      const share = this.isDeep ? Math.ceil(this.due.size / free) : this.due.size;
      const marketIds = [...this.due].slice(0, Math.min(share, this.limits.marketsMax));
      for (const marketId of marketIds) this.due.delete(marketId);
      this.track(this.turn(marketIds));
    }
  }

  private beginSlow(): void {
    for (const marketId of this.slowDue) {
      if (this.slowRunning >= this.limits.slowTurns) return;
      this.slowDue.delete(marketId);
      this.slowRunning += 1;
      this.track(this.slowTurn(marketId).finally(() => (this.slowRunning -= 1)));
    }
  }

  private track(turn: Promise<void>): void {
    const tracked: Promise<void> = turn.finally(() => {
      this.running.delete(tracked);
      this.begin();
    });
    this.running.add(tracked);
  }

  private async slowTurn(marketId: bigint): Promise<void> {
    this.beginsWith(marketId);
    this.ended(await this.decider.slowTurn(marketId, this.stopping.signal), this.slowDue);
  }

  private beginsWith(marketId: bigint): void {
    (this.awake.get(marketId) as Waking).again = false;
  }

  private async turn(marketIds: readonly bigint[]): Promise<void> {
    for (const marketId of marketIds) this.beginsWith(marketId);
    const turns = await this.decider.turn(marketIds, this.stopping.signal);
    this.isDeep = turns.some((turn) => 'outcome' in turn && turn.outcome.kind === 'more');
    for (const turn of turns) this.ended(turn, this.due);
  }

  /** @param due where it waits if more of it does. */
  private ended(turn: MarketRoundResult, due: Set<bigint>): void {
    const { marketId } = turn;
    if ('cause' in turn) this.failed(marketId, turn.cause);
    else {
      this.resting.delete(marketId);
      this.report.ended(marketId, turn.outcome);
    }
    const end = 'outcome' in turn ? turn.outcome.kind : 'failed';
    if (this.stopping.signal.aborted || end === 'failed') this.fallAsleep(marketId);
    else if (end === 'slow') this.slowDue.add(marketId);
    else if (end === 'more') due.add(marketId);
    else if ((this.awake.get(marketId) as Waking).again) this.due.add(marketId);
    else this.fallAsleep(marketId);
  }

  private failed(marketId: bigint, cause: unknown): void {
    const failures = (this.resting.get(marketId)?.failures ?? 0) + 1;
    const restMs = Math.min(REST_MS_MAX, REST_MS_MIN * 2 ** (failures - 1));
    this.resting.set(marketId, { failures, untilMs: this.clock.nowMs() + restMs });
    this.report.failed(marketId, cause, restMs);
  }

  private fallAsleep(marketId: bigint): void {
    this.awake.get(marketId)?.resolve();
    this.awake.delete(marketId);
  }

  private isResting(marketId: bigint): boolean {
    const leftMs = (this.resting.get(marketId)?.untilMs ?? 0) - this.clock.nowMs();
    return leftMs > 0 && leftMs <= REST_MS_MAX; // longer: the clock was set back meanwhile
  }
}
