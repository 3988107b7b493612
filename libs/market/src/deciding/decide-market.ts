import type { Oracle } from '#mechanism';
import { invariant } from '#units';
import { openBook, type MarketHead, type OpenBook } from '../book/index.js';
import type { Clock } from '../clock/index.js';
import { decideBatch } from './decide-batch.js';
import { FundsMoved, lockPayers } from './pay.js';
import type { DecidingStore, DecidingTx, LeaseClaim } from './ports.js';

/** Books kept in memory; beyond it the one that was used longest ago goes. */
const BOOKS_MAX = 32;

export interface DecideLimits extends LeaseClaim {
  /** The most bids of one transaction. */
  readonly batchMax: number;
  /** A transaction stops taking further bids once it has thought for so long, ms. */
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

/** How a batch is decided. */
interface Manner {
  readonly cached?: CachedBook | undefined;
  /** Whether the wallets are locked before they are read, not only before they pay. */
  readonly lockFirst: boolean;
}

interface Decided {
  readonly outcome: BatchOutcome;
  readonly keep?: CachedBook;
}

/** `holds`: the lease is still ours. `more`: the backlog was longer than the batch. */
type BatchOutcome =
  | { readonly kind: 'decided'; readonly count: number; readonly more: boolean; readonly holds: boolean }
  | { readonly kind: 'busy' | 'paused' | 'market_unknown'; readonly holds: boolean };

/**
 * Decides the backlog of a market, batch by batch: one transaction each, fenced by the market's lease and sequence. A book is kept
 * between batches and thrown away whenever its transaction does not commit, so that it is never ahead of the database.
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
    invariant(limits.thinkMs < limits.leaseMs, 'a transaction ends before its lease');
    invariant(limits.batchMax >= 1, 'a batch holds a bid');
  }

  /**
   * Decides the backlog as it is found, or until `signal` says stop. Runs of one market follow each other; bids that come during the last
   * batch are for the next run, so that under load they are decided together.
   * Rejects with the store's error, or with InvariantBroken, where a transaction failed: nothing of it stays.
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
      holds = false;
    try {
      if (!(await this.store.hasBacklog(marketId))) return { kind: 'drained', decided };
      while (!signal?.aborted) {
        const outcome = await this.batch(marketId);
        holds = outcome.holds;
        if (outcome.kind !== 'decided') return { kind: outcome.kind, decided };
        decided += outcome.count;
        if (!outcome.more) return { kind: 'drained', decided };
      }
      return { kind: 'stopped', decided };
    } finally {
      if (holds) await this.store.release(marketId, this.limits.owner);
    }
  }

  private async batch(marketId: bigint): Promise<BatchOutcome> {
    const cached = this.books.get(marketId);
    this.books.delete(marketId); // it comes back after the commit
    const { outcome, keep } = await this.decideOnce(marketId, cached);
    if (keep) this.keep(marketId, keep);
    return outcome;
  }

  /**
   * Bidders are in many markets, and a wallet that is locked while one market thinks holds up the others. So wallets are read without a
   * lock, and those that pay are locked at the end; a batch that finds too little there to be sure of its decisions is decided anew,
   * with the wallets locked first.
   */
  private async decideOnce(marketId: bigint, cached?: CachedBook): Promise<Decided> {
    const { leaseMs } = this.limits;
    try {
      return await this.store.transaction(leaseMs, (tx) => this.decide(tx, marketId, { cached, lockFirst: false }));
    } catch (cause) {
      if (!(cause instanceof FundsMoved)) throw cause;
      return this.store.transaction(leaseMs, (tx) => this.decide(tx, marketId, { lockFirst: true }));
    }
  }

  /** 1. fence, 2. the book as of that fence, 3. backlog and wallets, 4. decide, 5. lock what pays, 6. write. */
  private async decide(tx: DecidingTx, marketId: bigint, { cached, lockFirst }: Manner): Promise<Decided> {
    const fence = await tx.fence(marketId, this.limits);
    if (fence.kind !== 'ours') return { outcome: { kind: fence.kind, holds: false } };
    if (fence.head.status === 'paused') return { outcome: { kind: 'paused', holds: true } };
    const { epoch, head } = fence;
    const open = isCurrent(cached, epoch, head) ? cached : openBook(await tx.loadState(head));
    const bids = await tx.backlog(marketId, this.limits.batchMax);
    if (bids.length === 0) return { outcome: { kind: 'decided', count: 0, more: false, holds: true }, keep: { ...open, epoch } };
    const bidders = [...new Set(bids.map((bid) => bid.organisationId))];
    const wallets = await (lockFirst ? tx.lockWallets(bidders) : tx.readWallets(bidders));
    const endMs = this.clock.nowMs() + this.limits.thinkMs;
    const mayGoOn = (): boolean => this.clock.nowMs() < endMs;
    const { record, priceVersion } = decideBatch({ open, epoch, bids, wallets, oracle: this.oracle, mayGoOn });
    const count = record.decided.length;
    const more = count < bids.length || bids.length === this.limits.batchMax;
    await tx.record(lockFirst ? record : await lockPayers(tx, record, bids), more ? 'keep' : 'release');
    const state = { ...open.state, priceVersion, head: { ...head, sequence: record.sequence } };
    return { outcome: { kind: 'decided', count, more, holds: more }, keep: { state, book: open.book, epoch } };
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
