import { openBook, type MarketHead, type OpenBook } from '../book/index.js';
import { invariant } from '#units';
import type { DecidingStore } from './ports.js';

/** Books kept in memory; beyond it the one that was used longest ago goes. */
const BOOKS_MAX = 256;

interface CachedBook extends OpenBook {
  readonly epoch: bigint;
}

/**
 * Books of markets between their batches, each keyed by the epoch and the sequence that it stands for. A book is taken out to be decided on, and
 * put back only once its batch is known to be written, so that none is ever ahead of the database.
 */
export class Books {
  private readonly books = new Map<bigint, CachedBook>();

  constructor(private readonly store: Pick<DecidingStore, 'loadState'>) {}

  /**
   * Takes the market's book out; one that is not of this epoch and head is built anew.
   * @returns undefined where the market's log has grown since the head was read.
   */
  async take(epoch: bigint, head: MarketHead): Promise<OpenBook | undefined> {
    const cached = this.books.get(head.marketId);
    this.books.delete(head.marketId);
    if (cached && isCurrent(cached, epoch, head)) return cached;
    const state = await this.store.loadState(head.marketId);
    return state.head.sequence === head.sequence ? openBook(state) : undefined;
  }

  /** Puts back the book of a batch that is written. */
  keep({ state, book }: OpenBook, epoch: bigint): void {
    this.books.set(state.head.marketId, { state, book, epoch });
    if (this.books.size > BOOKS_MAX) this.books.delete(this.books.keys().next().value as bigint);
  }
}

function isCurrent(cached: CachedBook, epoch: bigint, head: MarketHead): boolean {
  const { state } = cached;
  if (cached.epoch !== epoch || state.head.sequence !== head.sequence) return false;
  invariant(state.head.slot === head.slot, 'the clock moves only with the sequence');
  return state.head.status === head.status;
}
