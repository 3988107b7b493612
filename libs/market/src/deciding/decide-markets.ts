import type { Kinds } from '#kinds';
import { invariant } from '#units';
import type { Clock } from '../clock/index.js';
import { createThinker, type Thinker } from '../thinking/thinker.js';
import { type Attempt, Batches, type BatchOutcome, type DecideLimits } from './batches.js';
import type { DecidingStore } from './ports.js';

/**
 * A batch that was conflicted is decided again, half as long each time; after so many in a row with its market and its wallets held, so that
 * nobody who is quicker can put off the others for ever.
 */
const CONFLICTS_MAX = 4;
/** A market that was conflicted in so many turns in a row is decided by itself, one such market a turn. */
const ROUNDS_CONFLICTED_MAX = 2;

/**
 * How a run ended: `more` waits, `busy` means that another process decides this market, `stopped` that it was told to stop, `slow` that what waits
 * there takes long to think about: it is for a slow turn.
 */
export interface RunOutcome {
  readonly kind: 'drained' | 'more' | 'busy' | 'paused' | 'market_unknown' | 'stopped' | 'slow';
  readonly decided: number;
}

/** What a turn came to in one market: an outcome, or why nothing came of it. */
export type MarketRoundResult =
  { readonly marketId: bigint; readonly outcome: RunOutcome } | { readonly marketId: bigint; readonly cause: unknown };

/** How a market is decided by itself. */
interface Manner {
  readonly signal: AbortSignal | undefined;
  readonly batches: number;
  readonly mayTakeLong: boolean;
}

/**
 * Decides the backlogs of markets. In a turn, one statement reads and another one writes a batch of each market: what a batch costs beside its
 * bids is shared by all. Every market's part is fenced by its lease and its sequence. Nothing is locked meanwhile: what else changes a market, or
 * the money of its bidders, goes first, and the batch is decided again, then by itself, at last with market and wallets held. What takes long to think about has turns of its own, and is thought about elsewhere.
 */
export class DecideMarkets {
  private readonly batches: Batches;
  private readonly runs = new Map<bigint, Promise<unknown>>();
  /** Turns in a row in which a market was conflicted, where there were any; as many as can be where one failed. */
  private readonly conflicts = new Map<bigint, number>();

  constructor(
    private readonly store: DecidingStore,
    kinds: Kinds,
    private readonly limits: DecideLimits,
    clock: Clock,
    thinker: Thinker = createThinker(kinds, clock),
  ) {
    invariant(limits.thinkMs < limits.leaseMs, 'a batch ends before its lease');
    invariant(limits.batchMax >= 1, 'a batch holds a bid');
    this.batches = new Batches({ store, kinds, thinker, limits, clock });
  }

  /**
   * Decides one batch of each market, together where nothing conflicts; leases end with it. A market that can't be decided is told with the
   * reason and holds up no other one. Never rejects.
   */
  turn(marketIds: readonly bigint[], signal?: AbortSignal): Promise<readonly MarketRoundResult[]> {
    return this.inOrder(marketIds, () => this.together(marketIds, signal));
  }

  /** Decides a batch of one market that takes long. Never rejects. */
  slowTurn(marketId: bigint, signal?: AbortSignal): Promise<MarketRoundResult> {
    return this.inOrder([marketId], () => this.tryAlone(marketId, { signal, batches: 1, mayTakeLong: true }));
  }

  /**
   * Decides a market's backlog to its end, or until `signal` says stop.
   * Rejects with the store's error, or with InvariantBroken, where a batch failed: nothing of it stays, unless only the answer was lost.
   */
  run(marketId: bigint, signal?: AbortSignal): Promise<RunOutcome> {
    return this.inOrder([marketId], () => this.alone(marketId, { signal, batches: Infinity, mayTakeLong: true }));
  }

  /** What is done in one market follows each other. */
  private async inOrder<T>(marketIds: readonly bigint[], work: () => Promise<T>): Promise<T> {
    const run = Promise.allSettled(marketIds.map(async (marketId) => this.runs.get(marketId))).then(work);
    for (const marketId of marketIds) this.runs.set(marketId, run);
    try {
      return await run;
    } finally {
      for (const marketId of marketIds) if (this.runs.get(marketId) === run) this.runs.delete(marketId);
    }
  }

  /** Markets that are not contended share a batch; of those that are, one is decided by itself, and the others wait for their turn. */
  private async together(marketIds: readonly bigint[], signal?: AbortSignal): Promise<MarketRoundResult[]> {
    const uncontended = marketIds.filter((marketId) => !this.isContended(marketId));
    const turns = new Map(uncontended.length > 0 && !signal?.aborted ? await this.tryTogether(uncontended) : []);
    const contended = marketIds.find((marketId) => this.isContended(marketId) && !hasFailed(turns.get(marketId)));
    if (contended !== undefined) turns.set(contended, await this.tryAlone(contended, { signal, batches: 1, mayTakeLong: false }));
    return marketIds.map((marketId) => turns.get(marketId) ?? { marketId, outcome: { kind: 'more', decided: 0 } });
  }

  private isContended(marketId: bigint): boolean {
    return (this.conflicts.get(marketId) ?? 0) >= ROUNDS_CONFLICTED_MAX;
  }

  /**
   * Where it fails, each half is tried once more, so that a failure that passes holds up nobody; of a half that fails again each market is to be
   * decided by itself: whichever it failed for fails again, and tells why.
   */
  private async tryTogether(marketIds: readonly bigint[], isHalf = false): Promise<[bigint, MarketRoundResult][]> {
    try {
      const limit = Math.ceil(this.limits.batchMax / marketIds.length);
      const outcomes = await this.batches.attempt(marketIds, { limit, mayKeep: false, mayTakeLong: false });
      const held = [...outcomes].filter(([, { holds }]) => holds).map(([marketId]) => marketId);
      if (held.length > 0) await this.store.release(held, this.limits.owner);
      return [...outcomes].map(([marketId, outcome]) => [marketId, { marketId, outcome: this.afterTurn(marketId, outcome) }]);
    } catch (cause) {
      await this.letGo(marketIds);
      if (marketIds.length > 1 && !isHalf) return this.tryHalves(marketIds);
      for (const marketId of marketIds) this.conflicts.set(marketId, ROUNDS_CONFLICTED_MAX);
      return marketIds.length === 1 ? marketIds.map((marketId) => [marketId, { marketId, cause }]) : [];
    }
  }

  private async tryHalves(marketIds: readonly bigint[]): Promise<[bigint, MarketRoundResult][]> {
    const half = Math.ceil(marketIds.length / 2);
    const first = await this.tryTogether(marketIds.slice(0, half), true);
    return [...first, ...(await this.tryTogether(marketIds.slice(half), true))];
  }

  private afterTurn(marketId: bigint, outcome: BatchOutcome): RunOutcome {
    if (outcome.kind === 'conflicted') this.conflicts.set(marketId, (this.conflicts.get(marketId) ?? 0) + 1);
    else if (outcome.kind === 'change') this.conflicts.set(marketId, ROUNDS_CONFLICTED_MAX);
    else this.conflicts.delete(marketId);
    if (outcome.kind === 'conflicted' || outcome.kind === 'change') return { kind: 'more', decided: 0 };
    if (outcome.kind !== 'decided') return { kind: outcome.kind, decided: 0 };
    return { kind: outcome.more ? 'more' : 'drained', decided: outcome.count };
  }

  /** A market that fails stays one that is decided by itself, so that it spoils no other turn. */
  private async tryAlone(marketId: bigint, manner: Manner): Promise<MarketRoundResult> {
    try {
      const outcome = await this.alone(marketId, manner);
      this.conflicts.delete(marketId);
      return { marketId, outcome };
    } catch (cause) {
      return { marketId, cause };
    }
  }

  private async alone(marketId: bigint, { signal, batches, mayTakeLong }: Manner): Promise<RunOutcome> {
    let decided = 0,
      conflicted = 0,
      holds = false;
    try {
      for (let left = batches; !signal?.aborted;) {
        const outcome = await this.batch(marketId, conflicted, { mayKeep: left > 1, mayTakeLong });
        holds = outcome.holds;
        conflicted = outcome.kind === 'conflicted' ? conflicted + 1 : outcome.kind === 'change' ? CONFLICTS_MAX : 0;
        if (outcome.kind === 'conflicted' || outcome.kind === 'change') continue;
        if (outcome.kind !== 'decided') return { kind: outcome.kind, decided };
        decided += outcome.count;
        if (!outcome.more) return { kind: 'drained', decided };
        if (--left === 0) return { kind: 'more', decided };
      }
      return { kind: 'stopped', decided };
    } catch (cause) {
      holds = false;
      await this.letGo([marketId]);
      throw cause;
    } finally {
      if (holds) await this.store.release([marketId], this.limits.owner);
    }
  }

  /** After a failure: leases that can't be given back run out by themselves, and why it failed is told. */
  private async letGo(marketIds: readonly bigint[]): Promise<void> {
    await this.store.release(marketIds, this.limits.owner).catch(() => undefined);
  }

  private async batch(marketId: bigint, conflicted: number, manner: Omit<Attempt, 'limit' | 'held'>): Promise<BatchOutcome> {
    const limit = Math.max(1, Math.floor(this.limits.batchMax / 2 ** conflicted));
    const attempt = { ...manner, limit };
    const outcomes =
      conflicted < CONFLICTS_MAX
        ? await this.batches.attempt([marketId], attempt)
        : await this.store.held(marketId, this.limits.leaseMs, (held) => this.batches.attempt([marketId], { ...attempt, held }));
    const outcome = outcomes.get(marketId);
    invariant(outcome !== undefined, 'each market of an attempt has an outcome');
    return outcome;
  }
}

const hasFailed = (turn: MarketRoundResult | undefined): boolean => turn !== undefined && 'cause' in turn;
