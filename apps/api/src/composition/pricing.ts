import { setImmediate } from 'node:timers/promises';
import { LIMITS } from '#contracts';
import { BookReader, ExplainPayment, FairQueue, History, type InTurn, QuoteBid, ReadBook, ReadPriceHistory, ReadPrices } from '#market';
import type { Kinds } from '#kinds';
import {
  createAllocationReader,
  createBidReader,
  createBookSource,
  createBudgetsReader,
  createHistoryStore,
  createPostingReader,
} from '#persistence';
import type { ThinkPool } from '#thinking';
import type { Metrics } from '../service/metrics.js';
import type { ApiSettings } from './settings.js';
import { explaining } from './explaining.js';
import type { Stores } from './stores.js';

/** Answers of prices: they read more than others do, and compute. So many of the connections are theirs, and of those half a tenant's. */
const PRICES_MAX = { perOrganisation: 1_024, perTenant: 2_048, inAll: 8_192, waitMs: 5_000 };
const PRICES_AT_ONCE = 3;
const CONNECTIONS_PER_PRICES = 3;

/** Quotes on large markets, waiting and under way: those of an organisation, of an operator with its organisations, and of all. */
const QUOTES_MAX = { perOrganisation: 4, perTenant: 16, inAll: 256 };
/** Short quotes, each of which takes milliseconds of the event loop: one at a time, and whatever else has come in between. */
const pause = (): Promise<unknown> => setImmediate();
const LOOP = { atOnce: 1, perOrganisation: 64, perTenant: 256, inAll: 1_024, pause };
/** Prices that are computed and shown without a pause: some milliseconds, even where they are the dearest to compute. */
const SLICE = { cellsAtOnce: 500, pause };

/** What prices and quotes are made of. */
interface Parts {
  readonly stores: Pick<Stores, 'pool'>;
  readonly metrics: Metrics;
  readonly thinkers: ThinkPool;
  readonly kinds: Kinds;
  readonly settings: Pick<ApiSettings, 'thinkThreads' | 'bookCellsMax' | 'connections'>;
}

/** Prices, and quotes: those on large markets are thought about on threads, by turns. */
export function pricing(
  { stores, metrics, thinkers, kinds, settings: { thinkThreads, bookCellsMax, connections } }: Parts,
  reads: InTurn,
): object[] {
  const source = createBookSource(stores.pool);
  const books = new BookReader(source, thinkers, bookCellsMax);
  const queue = new FairQueue({ ...QUOTES_MAX, atOnce: thinkThreads });
  const loop = new FairQueue(LOOP);
  const atOnce = Math.max(1, Math.min(PRICES_AT_ONCE, Math.floor(connections / CONNECTIONS_PER_PRICES)));
  const prices = new FairQueue({ ...PRICES_MAX, atOnce, atOncePerTenant: Math.ceil(atOnce / 2) });
  metrics.gauge('eris_quotes_waiting', 'Quotes that wait for their turn on a thread.', () => queue.waitingCount);
  metrics.gauge(
    'eris_prices_waiting',
    'Short quotes and answers of prices that wait for their turn.',
    () => loop.waitingCount + prices.waitingCount,
  );
  metrics.gauge('eris_think_waiting', 'Tasks that wait for a thread.', () => thinkers.waiting);
  metrics.gauge('eris_think_threads', 'Threads that there are.', () => thinkers.threads);
  const history = new History(createHistoryStore(stores.pool), kinds);
  const payments = {
    bids: createBidReader(stores.pool),
    allocations: createAllocationReader(stores.pool),
    history,
    postings: createPostingReader(stores.pool),
  };
  const ways = { kinds, thinker: thinkers, queue, loop, reads, budgets: createBudgetsReader(stores.pool) };
  return [
    new ExplainPayment(payments, { loop: prices }),
    ...explaining(stores, books, ways),
    new QuoteBid(books, ways),
    new ReadPrices(source, { slots: LIMITS.priceSlots, cells: LIMITS.priceCells }, { loop: prices, ...SLICE }),
    new ReadBook(source, history, LIMITS.bookCells, { loop: prices, ...SLICE }),
    new ReadPriceHistory(source, history, { loop: prices, ...SLICE }),
  ];
}
