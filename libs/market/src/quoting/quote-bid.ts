import type { Oracle } from '#mechanism';
import type { Micros } from '#units';
import { type BidBody, type BodyFault, toBid } from '../bid-body.js';
import { arrivalOf } from '../book/index.js';
import { CELLS_AT_ONCE_MAX, isLongMenu } from '../thinking/effort.js';
import type { FairQueue, FairRefusal, Party } from '../thinking/fair-queue.js';
import { answerOf, type QuoteAnswer, type Thinker, ThinkingFailed } from '../thinking/thinker.js';
import type { BookReader } from './book-reader.js';
import type { SeenMarket } from './ports.js';

export interface QuoteRequest {
  readonly marketId: bigint;
  /** Who asks. */
  readonly organisationId: bigint;
  readonly body: BidBody;
}

interface Quoted extends QuoteAnswer {
  readonly kind: 'quoted';
  readonly priceVersion: bigint;
  readonly arrivalSlot: number;
  readonly best: { readonly completion: number; readonly price: Micros; readonly value: Micros } | null;
}

export type QuoteOutcome =
  | { readonly kind: 'market_unknown' }
  | { readonly kind: 'faults'; readonly faults: readonly BodyFault[] }
  /** `rate_limited`: the organisation, or its operator's tenants together, have as many long quotes under way as they may. */
  | { readonly kind: 'rate_limited' | 'overloaded'; readonly retryAfterMs: number; readonly detail: string }
  | Quoted;

/** How quotes are thought about: short ones here and now, long ones by the thinker, a few at a time and by turns. */
export interface QuoteWays {
  readonly oracle: Oracle;
  readonly thinker: Thinker;
  readonly queue: FairQueue;
}

const RETRY_AFTER_MS = 1_000;
const REFUSALS: Readonly<Record<FairRefusal, QuoteOutcome>> = {
  share_used: {
    kind: 'rate_limited',
    retryAfterMs: RETRY_AFTER_MS,
    detail: 'As many quotes on large markets as one organisation, or one operator with its organisations, may have are under way.',
  },
  full: { kind: 'overloaded', retryAfterMs: RETRY_AFTER_MS, detail: 'Too many quotes on large markets are under way.' },
};
const FAILED: QuoteOutcome = { kind: 'overloaded', retryAfterMs: RETRY_AFTER_MS, detail: 'This quote could not be thought through.' };

/** Does something when it is its turn. */
type InTurn = (work: () => Promise<QuoteOutcome>) => Promise<QuoteOutcome>;

/** The whole menu of a bid at the prices of this moment. Reserves nothing and leaves nothing behind. */
export class QuoteBid {
  constructor(
    private readonly books: BookReader,
    private readonly ways: QuoteWays,
  ) {}

  async run({ marketId, organisationId, body }: QuoteRequest): Promise<QuoteOutcome> {
    const seen = await this.books.find(marketId, organisationId);
    if (!seen) return { kind: 'market_unknown' };
    const inTurn: InTurn = (work) => this.inTurn({ tenantId: seen.operatorId, organisationId }, work);
    if (seen.cells <= CELLS_AT_ONCE_MAX || this.books.has(seen)) return this.quote(seen, body, inTurn);
    return inTurn(() => this.quote(seen, body, (work) => work()));
  }

  private async inTurn(party: Party, work: () => Promise<QuoteOutcome>): Promise<QuoteOutcome> {
    const pending = this.ways.queue.run(party, work);
    if (typeof pending === 'string') return REFUSALS[pending];
    try {
      return await pending;
    } catch (cause) {
      if (cause instanceof ThinkingFailed) return FAILED;
      throw cause;
    }
  }

  /** @param inTurn how long thinking waits for its turn. */
  private async quote(seen: SeenMarket, body: BidBody, inTurn: InTurn): Promise<QuoteOutcome> {
    const open = await this.books.read(seen);
    if (!open) return { kind: 'market_unknown' };
    const { state, book } = open;
    const reading = toBid(body, state);
    if (reading.kind === 'faults') return reading;
    const task = { book, bid: reading.bid, arrival: arrivalOf(state.head) };
    const quoted = (answer: QuoteAnswer): QuoteOutcome => {
      return { kind: 'quoted', priceVersion: state.priceVersion, arrivalSlot: task.arrival, ...answer };
    };
    const { oracle, thinker } = this.ways;
    return isLongMenu(book, task.bid.job) ? inTurn(async () => quoted(await thinker.quote(task))) : quoted(answerOf(task, oracle));
  }
}
