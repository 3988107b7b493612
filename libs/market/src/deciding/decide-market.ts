import type { Oracle } from '#mechanism';
import { invariant } from '#units';
import { openBook, type MarketHead, type OpenBook } from '../book/index.js';
import type { Clock } from '../clock/index.js';
import { decideBatch } from './decide-batch.js';
import type { DecidingStore, HeldMarket, LeaseClaim } from './ports.js';

/** Books kept in memory; beyond it the one that was used longest ago goes. */
const BOOKS_MAX = 32;
/**
 * A batch that was overtaken is decided again, half as long each time; after so many in a row with its market and its wallets held, so that
 * nobody who is quicker can put off the others for ever.
 */
const OVERTAKEN_MAX = 4;

export interface DecideLimits extends LeaseClaim {
  /** The most bids of one batch. */
  readonly batchMax: number;
  /** A batch takes no further bids once it has been thought about for so long, ms. */
  readonly thinkMs: number;
}

/** How a run ended: `busy` means that another process decides this market, `stopped` that it was told to stop. */
export interface RunOutcome {
  readonly kind: 'drained' | 'busy' | 'paused' | 'market_unknown' | 'stopped';
  readonly decided: number;
}

interface CachedBook extends OpenBook {
  readonly epoch: bigint;
}

/** `holds`: the lease is still ours. `more`: the backlog was longer than the batch. `overtaken`: nothing was written, decide again. */
type BatchOutcome =
  | { readonly kind: 'decided'; readonly count: number; readonly more: boolean; readonly holds: boolean }
  | { readonly kind: 'busy' | 'paused' | 'market_unknown' | 'overtaken'; readonly holds: boolean };

/**
 * Decides the backlog of a market, batch by batch: each is written by one statement, fenced by the market's lease and sequence. Nothing is
 * locked meanwhile: what else changes the market, or the money of its bidders, goes first, and the batch is decided again, at last with both
 * held. A book is kept between batches and thrown away whenever its batch is not known to be written, so that it is never ahead of the
 * database.
 */
export class DecideMarket {
  private readonly books = new Map<bigint, CachedBook>();
  private readonly runs = new Map<bigint, Promise<RunOutcome>>();

  constructor(
    private readonly store: DecidingStore,
    private readonly oracle: Oracle,
    private readonly limits: DecideLimits,
    private readonly clock: Clock,
  ) {
    invariant(limits.thinkMs < limits.leaseMs, 'a batch ends before its lease');
    invariant(limits.batchMax >= 1, 'a batch holds a bid');
  }

  /**
   * Decides the backlog as it is found, or until `signal` says stop. Runs of one market follow each other; bids that come during the last
   * batch are for the next run, so that under load they are decided together.
   * Rejects with the store's error, or with InvariantBroken, where a batch failed: nothing of it stays, unless only the answer was lost.
   */
  async run(marketId: bigint, signal?: AbortSignal): Promise<RunOutcome> {
    const before = this.runs.get(marketId);
    const run = Promise.allSettled([before]).then(() => this.drain(marketId, signal));
    this.runs.set(marketId, run);
    try {
      return await run;
    } finally {
      if (this.runs.get(marketId) === run) this.runs.delete(marketId);
    }
  }

  private async drain(marketId: bigint, signal?: AbortSignal): Promise<RunOutcome> {
    let decided = 0,
      overtaken = 0,
      holds = false;
    try {
      if (!(await this.store.hasBacklog(marketId))) return { kind: 'drained', decided };
      while (!signal?.aborted) {
        const outcome = await this.batch(marketId, overtaken);
        holds = outcome.holds;
        overtaken = outcome.kind === 'overtaken' ? overtaken + 1 : 0;
        if (outcome.kind === 'overtaken') continue;
        if (outcome.kind !== 'decided') return { kind: outcome.kind, decided };
        decided += outcome.count;
        if (!outcome.more) return { kind: 'drained', decided };
      }
      return { kind: 'stopped', decided };
    } catch (cause) {
      holds = false;
      this.books.delete(marketId); // whether its batch was written is not known
      await this.store.release(marketId, this.limits.owner).catch(() => undefined); // the lease runs out by itself; why the run failed is told
      throw cause;
    } finally {
      if (holds) await this.store.release(marketId, this.limits.owner);
    }
  }

  private batch(marketId: bigint, overtaken: number): Promise<BatchOutcome> {
    const limit = Math.max(1, Math.floor(this.limits.batchMax / 2 ** overtaken));
    if (overtaken < OVERTAKEN_MAX) return this.decide(marketId, limit, this.store);
    return this.store.held(marketId, this.limits.leaseMs, (held) => this.decide(marketId, limit, held));
  }

  /** 1. fence, 2. the book as of that fence, 3. backlog and wallets, 4. decide, 5. write. */
  private async decide(marketId: bigint, limit: number, held: HeldMarket): Promise<BatchOutcome> {
    const cached = this.books.get(marketId);
    this.books.delete(marketId); // it comes back once the batch is written
    const fence = await this.store.fence(marketId, this.limits);
    if (fence.kind !== 'ours') return { kind: fence.kind, holds: false };
    const { epoch, head } = fence;
    const open = isCurrent(cached, epoch, head) ? cached : openBook(await this.store.loadState(marketId));
    if (open.state.head.status === 'paused') return { kind: 'paused', holds: true }; // it may be newer than the fence
    const bids = await this.store.backlog(marketId, limit);
    if (bids.length === 0) return { kind: 'decided', count: 0, more: false, holds: true };
    const wallets = await held.readWallets([...new Set(bids.map((bid) => bid.organisationId))]);
    const endMs = this.clock.nowMs() + this.limits.thinkMs;
    const mayGoOn = (): boolean => this.clock.nowMs() < endMs;
    const { record, priceVersion } = decideBatch({ open, epoch, bids, wallets, oracle: this.oracle, mayGoOn });
    const count = record.decided.length;
    const more = count < bids.length || bids.length === limit;
    const outcome = await held.record(record, this.limits.owner, more ? 'keep' : 'release');
    if (outcome !== 'recorded') return { kind: 'overtaken', holds: true };
    const state = { ...open.state, priceVersion, head: { ...open.state.head, sequence: record.sequence } };
    this.keep(marketId, { state, book: open.book, epoch });
    return { kind: 'decided', count, more, holds: more };
  }

  private keep(marketId: bigint, book: CachedBook): void {
    this.books.set(marketId, book);
    if (this.books.size > BOOKS_MAX) this.books.delete(this.books.keys().next().value as bigint);
  }
}

function isCurrent(cached: CachedBook | undefined, epoch: bigint, head: MarketHead): cached is CachedBook {
  if (cached?.epoch !== epoch || cached.state.head.sequence !== head.sequence) return false;
  invariant(cached.state.head.slot === head.slot, 'the clock moves only with the sequence');
  return cached.state.head.status === head.status;
}
