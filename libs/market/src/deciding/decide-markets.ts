import type { Oracle } from '#mechanism';
import { invariant } from '#units';
import type { OpenBook } from '../book/index.js';
import type { Clock } from '../clock/index.js';
import { Books } from './books.js';
import { decideBatch } from './decide-batch.js';
import type { BatchRecord, DecidingStore, HeldMarket, LeaseClaim, OpenedMarket } from './ports.js';
import { Purses } from './purses.js';

/**
 * A batch that was overtaken is decided again, half as long each time; after so many in a row with its market and its wallets held, so that
 * nobody who is quicker can put off the others for ever.
 */
const OVERTAKEN_MAX = 4;
/** A market that was overtaken in so many turns in a row is decided by itself, one such market a turn. */
const TURNS_OVERTAKEN_MAX = 2;

export interface DecideLimits extends LeaseClaim {
  /** The most bids that are written together. */
  readonly batchMax: number;
  /** No further bids are taken once so long has been thought, ms. */
  readonly thinkMs: number;
}

/** How a run ended: `more` waits, `busy` means that another process decides this market, `stopped` that it was told to stop. */
export interface RunOutcome {
  readonly kind: 'drained' | 'more' | 'busy' | 'paused' | 'market_unknown' | 'stopped';
  readonly decided: number;
}

/** What a turn came to in one market: an outcome, or why nothing came of it. */
export type MarketTurn =
  { readonly marketId: bigint; readonly outcome: RunOutcome } | { readonly marketId: bigint; readonly cause: unknown };

/** `holds`: the lease is still ours. `more`: the backlog was longer than the batch. `overtaken`: nothing was written, decide again. */
type BatchOutcome =
  | { readonly kind: 'decided'; readonly count: number; readonly more: boolean; readonly holds: boolean }
  | { readonly kind: 'busy' | 'paused' | 'market_unknown' | 'overtaken'; readonly holds: boolean };

/** A market that is ours, with bids to decide. */
interface Ready extends Extract<OpenedMarket, { kind: 'ours' }> {
  readonly open: OpenBook;
}

interface Drafted extends Ready {
  readonly record: BatchRecord;
  readonly priceVersion: bigint;
  readonly more: boolean;
}

interface Attempt {
  /** The most bids of each market. */
  readonly limit: number;
  /** Whether leases are kept where more bids wait. */
  readonly mayKeep: boolean;
  readonly held?: HeldMarket;
}

/**
 * Decides the backlogs of markets. In a turn, one statement reads and another one writes a batch of each market: what a batch costs beside its
 * bids is shared by all. Every market's part is fenced by its lease and its sequence. Nothing is locked meanwhile: what else changes a market, or
 * the money of its bidders, goes first, and the batch is decided again, then by itself, at last with market and wallets held.
 */
export class DecideMarkets {
  private readonly books: Books;
  private readonly runs = new Map<bigint, Promise<unknown>>();
  /** Turns in a row in which a market was overtaken, where there were any; as many as can be where one failed. */
  private readonly overtakings = new Map<bigint, number>();

  constructor(
    private readonly store: DecidingStore,
    private readonly oracle: Oracle,
    private readonly limits: DecideLimits,
    private readonly clock: Clock,
  ) {
    invariant(limits.thinkMs < limits.leaseMs, 'a batch ends before its lease');
    invariant(limits.batchMax >= 1, 'a batch holds a bid');
    this.books = new Books(store);
  }

  /**
   * Decides one batch of each market, together where that goes smoothly; leases end with it. A market that can't be decided is told with the
   * reason and holds up no other one. Never rejects.
   */
  turn(marketIds: readonly bigint[], signal?: AbortSignal): Promise<readonly MarketTurn[]> {
    return this.inOrder(marketIds, () => this.together(marketIds, signal));
  }

  /**
   * Decides a market's backlog to its end, or until `signal` says stop.
   * Rejects with the store's error, or with InvariantBroken, where a batch failed: nothing of it stays, unless only the answer was lost.
   */
  run(marketId: bigint, signal?: AbortSignal): Promise<RunOutcome> {
    return this.inOrder([marketId], () => this.alone(marketId, { signal, batches: Infinity }));
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

  /** Markets that go smoothly share a batch; of those that don't, one is decided by itself, and the others wait for their turn. */
  private async together(marketIds: readonly bigint[], signal?: AbortSignal): Promise<MarketTurn[]> {
    const smooth = marketIds.filter((marketId) => !this.isRough(marketId));
    const turns = new Map(smooth.length > 0 && !signal?.aborted ? await this.tryTogether(smooth) : []);
    const rough = marketIds.find((marketId) => this.isRough(marketId));
    if (rough !== undefined) turns.set(rough, await this.tryAlone(rough, signal));
    return marketIds.map((marketId) => turns.get(marketId) ?? { marketId, outcome: { kind: 'more', decided: 0 } });
  }

  private isRough(marketId: bigint): boolean {
    return (this.overtakings.get(marketId) ?? 0) >= TURNS_OVERTAKEN_MAX;
  }

  /** Where it fails, each market is to be decided by itself: whichever it failed for fails again, and tells why. */
  private async tryTogether(marketIds: readonly bigint[]): Promise<[bigint, MarketTurn][]> {
    try {
      const limit = Math.ceil(this.limits.batchMax / marketIds.length);
      const outcomes = await this.attempt(marketIds, { limit, mayKeep: false });
      const held = [...outcomes].filter(([, { holds }]) => holds).map(([marketId]) => marketId);
      if (held.length > 0) await this.store.release(held, this.limits.owner);
      return [...outcomes].map(([marketId, outcome]) => [marketId, { marketId, outcome: this.afterTurn(marketId, outcome) }]);
    } catch (cause) {
      await this.letGo(marketIds);
      if (marketIds.length === 1) return [[marketIds[0], { marketId: marketIds[0], cause }]];
      for (const marketId of marketIds) this.overtakings.set(marketId, TURNS_OVERTAKEN_MAX);
      return [];
    }
  }

  private afterTurn(marketId: bigint, outcome: BatchOutcome): RunOutcome {
    if (outcome.kind === 'overtaken') this.overtakings.set(marketId, (this.overtakings.get(marketId) ?? 0) + 1);
    else this.overtakings.delete(marketId);
    if (outcome.kind === 'overtaken') return { kind: 'more', decided: 0 };
    if (outcome.kind !== 'decided') return { kind: outcome.kind, decided: 0 };
    return { kind: outcome.more ? 'more' : 'drained', decided: outcome.count };
  }

  /** A market that fails stays one that is decided by itself, so that it spoils no other turn. */
  private async tryAlone(marketId: bigint, signal?: AbortSignal): Promise<MarketTurn> {
    try {
      const outcome = await this.alone(marketId, { signal, batches: 1 });
      this.overtakings.delete(marketId);
      return { marketId, outcome };
    } catch (cause) {
      return { marketId, cause };
    }
  }

  private async alone(marketId: bigint, { signal, batches }: { signal: AbortSignal | undefined; batches: number }): Promise<RunOutcome> {
    let decided = 0,
      overtaken = 0,
      holds = false;
    try {
      for (let left = batches; !signal?.aborted;) {
        const outcome = await this.batch(marketId, overtaken, left > 1);
        holds = outcome.holds;
        overtaken = outcome.kind === 'overtaken' ? overtaken + 1 : 0;
        if (outcome.kind === 'overtaken') continue;
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

  private async batch(marketId: bigint, overtaken: number, mayKeep: boolean): Promise<BatchOutcome> {
    const limit = Math.max(1, Math.floor(this.limits.batchMax / 2 ** overtaken));
    const outcomes =
      overtaken < OVERTAKEN_MAX
        ? await this.attempt([marketId], { limit, mayKeep })
        : await this.store.held(marketId, this.limits.leaseMs, (held) => this.attempt([marketId], { limit, mayKeep, held }));
    return outcomes.get(marketId) as BatchOutcome;
  }

  /** 1. leases, backlogs and wallets, 2. the books as of then, 3. decide, 4. write. */
  private async attempt(marketIds: readonly bigint[], attempt: Attempt): Promise<ReadonlyMap<bigint, BatchOutcome>> {
    const { markets, wallets } = await this.store.open(marketIds, this.limits, attempt.limit);
    const prepared = await Promise.all(markets.map((market) => this.prepare(market)));
    const outcomes = new Map<bigint, BatchOutcome>();
    markets.forEach(({ marketId }, index) => {
      const market = prepared[index];
      if (!('open' in market)) outcomes.set(marketId, market);
    });
    const ready = prepared.filter((market) => 'open' in market);
    if (ready.length === 0) return outcomes;
    const purses = new Purses(attempt.held ? await attempt.held.lockWallets(biddersOf(ready)) : wallets);
    const drafted = this.decide(ready, purses, attempt.limit);
    for (const [marketId, outcome] of await this.write(drafted, purses, attempt)) outcomes.set(marketId, outcome);
    return outcomes;
  }

  private async prepare(market: OpenedMarket): Promise<Ready | BatchOutcome> {
    if (market.kind !== 'ours') return { kind: market.kind, holds: false };
    const { epoch, head, bids } = market;
    if (head.status === 'paused') return { kind: 'paused', holds: true };
    if (bids.length === 0) return { kind: 'decided', count: 0, more: false, holds: true };
    const open = await this.books.take(epoch, head);
    return open ? { ...market, open } : { kind: 'overtaken', holds: true };
  }

  /** Each market may think for its share of the time, and for what those before it have left of theirs. */
  private decide(ready: readonly Ready[], purses: Purses, limit: number): Drafted[] {
    const beganMs = this.clock.nowMs();
    return ready.map((market, index) => {
      const { bids } = market;
      const endMs = beganMs + (this.limits.thinkMs * (index + 1)) / ready.length;
      const mayGoOn = (): boolean => this.clock.nowMs() < endMs;
      const { record, priceVersion } = decideBatch({ ...market, purses, oracle: this.oracle, mayGoOn });
      return { ...market, record, priceVersion, more: record.decided.length < bids.length || bids.length === limit };
    });
  }

  private async write(drafted: readonly Drafted[], purses: Purses, { mayKeep, held }: Attempt): Promise<Map<bigint, BatchOutcome>> {
    const lease = mayKeep && drafted.some(({ more }) => more) ? 'keep' : 'release';
    const batches = drafted.map(({ record }) => record);
    const outcomes = await (held ?? this.store).record({ batches, payers: purses.payers(), owner: this.limits.owner, lease });
    return new Map(
      drafted.map(({ marketId, record, more, ...draft }, index): [bigint, BatchOutcome] => {
        if (outcomes[index] !== 'recorded') return [marketId, { kind: 'overtaken', holds: true }];
        this.books.keep(bookAfter({ ...draft, record }), draft.epoch);
        return [marketId, { kind: 'decided', count: record.decided.length, more, holds: lease === 'keep' }];
      }),
    );
  }
}

const biddersOf = (ready: readonly Ready[]): bigint[] => [
  ...new Set(ready.flatMap(({ bids }) => bids.map(({ organisationId }) => organisationId))),
];

function bookAfter({ open, record, priceVersion }: Pick<Drafted, 'open' | 'record' | 'priceVersion'>): OpenBook {
  const { book, state } = open;
  return { book, state: { ...state, priceVersion, head: { ...state.head, sequence: record.sequence } } };
}
