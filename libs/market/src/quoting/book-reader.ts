import { copyBook } from '#mechanism';
import { BookCache, catchUp, type MarketHead, openBook, type OpenBook, stateOf } from '../book/index.js';
import { CELLS_AT_ONCE_MAX } from '../thinking/effort.js';
import type { Thinker } from '../thinking/thinker.js';
import type { BookSource, SeenMarket } from './ports.js';

/**
 * Books for reading only: as of the market's last committed sequence, brought up to date when that has moved, or built anew: large ones by the
 * thinker. Nobody who reads a book sees it change.
 */
export class BookReader {
  private readonly books: BookCache;
  private readonly coming = new Map<bigint, Promise<OpenBook | undefined>>();

  constructor(
    private readonly source: BookSource,
    private readonly thinker: Pick<Thinker, 'build'>,
    cellsMax: number,
  ) {
    this.books = new BookCache(cellsMax);
  }

  /** @returns what there is to read, or undefined where the organisation sees no such market. */
  find(marketId: bigint, organisationId: bigint): Promise<SeenMarket | undefined> {
    return this.source.findVisible(marketId, organisationId);
  }

  /** Whether the book of a market as it was seen is at hand. */
  has({ head }: SeenMarket): boolean {
    return isAsOf(this.books.get(head.marketId), head);
  }

  /** @returns the book of a market as it was seen, or as of a later moment; undefined where it is gone. */
  async read(seen: SeenMarket): Promise<OpenBook | undefined> {
    const cached = this.books.get(seen.head.marketId);
    const open = isAsOf(cached, seen.head) ? cached : await this.renew(seen);
    if (open) this.keep(open);
    return open;
  }

  /** Readers that come while a book is being made share it, unless that was begun before what they have seen. */
  private async renew(seen: SeenMarket): Promise<OpenBook | undefined> {
    const { marketId } = seen.head;
    for (let coming = this.coming.get(marketId); coming; coming = this.coming.get(marketId)) {
      const shared = await coming;
      if (isAsOf(shared, seen.head)) return shared;
    }
    const own = this.refresh(seen).finally(() => this.coming.delete(marketId));
    this.coming.set(marketId, own);
    return own;
  }

  private async refresh({ head: { marketId }, cells }: SeenMarket): Promise<OpenBook | undefined> {
    const cached = this.books.get(marketId);
    const news = cached && (await this.source.newsSince(marketId, cached.state.head.sequence));
    if (news) return catchUp({ ...cached, book: copyBook(cached.book) }, news);
    const rows = await this.source.load(marketId);
    if (!rows) return undefined;
    return cells > CELLS_AT_ONCE_MAX ? this.thinker.build(rows) : openBook(stateOf(rows));
  }

  private keep(open: OpenBook): void {
    const kept = this.books.get(open.state.head.marketId);
    if (!kept || kept.state.head.sequence <= open.state.head.sequence) this.books.put(open);
  }
}

const isAsOf = (open: OpenBook | undefined, head: MarketHead): open is OpenBook =>
  open !== undefined && open.state.head.sequence >= head.sequence;
