import { BookCache, catchUp, type MarketHead, openBook, type OpenBook } from '../book/index.js';
import { CELLS_AT_ONCE_MAX } from '../thinking/effort.js';
import type { Thinker } from '../thinking/thinker.js';
import type { DecidingStore } from './ports.js';

/** `behind`: the market's log has grown since the head was read. */
export type BookTaking = OpenBook | 'behind';

/**
 * Books of markets between their batches, each keyed by the sequence that it stands for. A book is taken out to be decided on, and put back only
 * once its batch is known to be written, so that none is ever ahead of the database. One that is behind is brought up to date where that is
 * little work, and else built anew.
 */
export class Books {
  private readonly books: BookCache;

  constructor(
    private readonly store: Pick<DecidingStore, 'loadState' | 'loadRows' | 'newsSince'>,
    private readonly thinker: Pick<Thinker, 'build'>,
    cellsMax: number,
  ) {
    this.books = new BookCache(cellsMax);
  }

  /** Takes the market's book out, as of this head; `large` where it would have to be built, and that takes long. */
  async checkOut(head: MarketHead): Promise<BookTaking | 'large'> {
    const cached = this.books.take(head.marketId);
    if (cached && isCurrent(cached, head)) return cached;
    const fresh = cached && (await this.refresh(cached));
    if (fresh) return this.asOf(fresh, head);
    const state = await this.store.loadState(head.marketId, CELLS_AT_ONCE_MAX);
    return state === 'large' ? state : this.asOf(openBook(state), head);
  }

  /** Builds a book of any size away from here. */
  async build(head: MarketHead): Promise<BookTaking> {
    return this.asOf(await this.thinker.build(await this.store.loadRows(head.marketId)), head);
  }

  /** Puts back the book of a batch that is written. */
  checkIn(open: OpenBook): void {
    this.books.put(open);
  }

  private async refresh(cached: OpenBook): Promise<OpenBook | undefined> {
    const { marketId, sequence } = cached.state.head;
    const news = await this.store.newsSince(marketId, sequence);
    return news && catchUp(cached, news);
  }

  /** One that is further on than the head is as of a later moment: it is of use the next time. */
  private asOf(open: OpenBook, head: MarketHead): BookTaking {
    if (open.state.head.sequence === head.sequence) return open;
    this.books.put(open);
    return 'behind';
  }
}

const isCurrent = ({ state }: OpenBook, head: MarketHead): boolean =>
  state.head.sequence === head.sequence && state.head.slot === head.slot && state.head.status === head.status;
