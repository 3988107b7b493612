import { openBook, type MarketHead, type OpenBook } from '../book/index.js';
import type { BookSource } from './ports.js';

/** Books kept for reading; beyond it the one that was read longest ago goes. */
const BOOKS_MAX = 32;

/** Books for reading only: as of the market's last committed sequence, built again when that has moved. */
export class BookReader {
  private readonly books = new Map<bigint, OpenBook>();
  private readonly building = new Map<bigint, Promise<OpenBook | undefined>>();

  constructor(private readonly source: BookSource) {}

  /** @returns the market's book, or undefined where the organisation sees no such market. */
  async read(marketId: bigint, organisationId: bigint): Promise<OpenBook | undefined> {
    const head = await this.source.findVisible(marketId, organisationId);
    if (!head) return undefined;
    const cached = this.books.get(marketId);
    const open = isAsOf(cached, head) ? cached : await this.rebuild(marketId, head);
    if (open) this.keep(marketId, open);
    return open;
  }

  /** Readers that come while a book is built share it, unless it was begun before what they have seen. */
  private async rebuild(marketId: bigint, head: MarketHead): Promise<OpenBook | undefined> {
    const shared = await this.building.get(marketId);
    if (isAsOf(shared, head)) return shared;
    const own = this.source.load(marketId).then((state) => state && openBook(state));
    this.building.set(marketId, own);
    try {
      return await own;
    } finally {
      if (this.building.get(marketId) === own) this.building.delete(marketId);
    }
  }

  private keep(marketId: bigint, open: OpenBook): void {
    const kept = this.books.get(marketId);
    if (kept && kept.state.head.sequence > open.state.head.sequence) return;
    this.books.delete(marketId);
    this.books.set(marketId, open);
    if (this.books.size > BOOKS_MAX) this.books.delete(this.books.keys().next().value as bigint);
  }
}

const isAsOf = (open: OpenBook | undefined, head: MarketHead): open is OpenBook =>
  open !== undefined && open.state.head.sequence >= head.sequence;
