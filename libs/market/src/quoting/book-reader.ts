import { openBook, type OpenBook } from '../book/index.js';
import type { BookSource } from './ports.js';

/** Books kept for reading; beyond it the one that was read longest ago goes. */
const BOOKS_MAX = 32;

/** Books for reading only: as of the market's last committed sequence, built again when that has moved. */
export class BookReader {
  private readonly books = new Map<bigint, OpenBook>();

  constructor(private readonly source: BookSource) {}

  /** @returns the market's book, or undefined where the organisation sees no such market. */
  async read(marketId: bigint, organisationId: bigint): Promise<OpenBook | undefined> {
    const head = await this.source.findVisible(marketId, organisationId);
    if (!head) return undefined;
    const cached = this.books.get(marketId);
    const open = cached && cached.state.head.sequence >= head.sequence ? cached : await this.rebuild(marketId);
    if (open) this.keep(marketId, open);
    return open;
  }

  private async rebuild(marketId: bigint): Promise<OpenBook | undefined> {
    const state = await this.source.load(marketId);
    return state && openBook(state);
  }

  private keep(marketId: bigint, open: OpenBook): void {
    this.books.delete(marketId);
    this.books.set(marketId, open);
    if (this.books.size > BOOKS_MAX) this.books.delete(this.books.keys().next().value as bigint);
  }
}
