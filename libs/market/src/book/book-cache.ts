import { invariant, InvariantBroken } from '#units';
import type { OpenBook } from './market-state.js';

/** What a book counts beside its cells: its sites, and the least of any. */
const CELLS_BESIDE = 256;
const CELLS_A_SITE = 32;

/**
 * Books in memory, bounded by their size. Where there are too many, the tenant with the most gives up the one that it used longest ago: nobody's
 * large market drives out another one's.
 */
export class BookCache {
  private readonly books = new Map<bigint, OpenBook>();
  private readonly cellsOfTenant = new Map<bigint, number>();
  private cells = 0;

  /** @param cellsMax of all books together; a cell takes 16 bytes. */
  constructor(private readonly cellsMax: number) {
    invariant(cellsMax > 0, 'a book may be kept');
  }

  /** How much is kept, cells. */
  get size(): number {
    return this.cells;
  }

  get(marketId: bigint): OpenBook | undefined {
    return this.books.get(marketId);
  }

  /** Takes a book out. */
  take(marketId: bigint): OpenBook | undefined {
    const open = this.books.get(marketId);
    if (!open) return undefined;
    this.books.delete(marketId);
    this.count(open, -1);
    return open;
  }

  /** Keeps a book as the one that was used last, in place of the market's one before. */
  put(open: OpenBook): void {
    const { marketId } = open.state.head;
    this.take(marketId);
    this.books.set(marketId, open);
    this.count(open, 1);
    while (this.cells > this.cellsMax) this.take(this.victim());
  }

  private count(open: OpenBook, sign: 1 | -1): void {
    const { operatorId } = open.state;
    const change = sign * weightOf(open);
    this.cells += change;
    const left = (this.cellsOfTenant.get(operatorId) ?? 0) + change;
    if (left === 0) this.cellsOfTenant.delete(operatorId);
    else this.cellsOfTenant.set(operatorId, left);
  }

  private victim(): bigint {
    let largest: bigint | undefined;
    let most = -1;
    for (const [tenantId, cells] of this.cellsOfTenant) if (cells > most) [largest, most] = [tenantId, cells];
    for (const [marketId, { state }] of this.books) if (state.operatorId === largest) return marketId;
    throw new InvariantBroken('law broken: what is counted is there');
  }
}

const weightOf = ({ state, book }: OpenBook): number => book.used.length + CELLS_A_SITE * state.sites.length + CELLS_BESIDE;
