import type { Oracle } from '#mechanism';
import type { Micros } from '#units';
import { type BidBody, type BodyFault, toBid } from '../bid-body.js';
import { arrivalOf } from '../book/index.js';
import { CELLS_AT_ONCE_MAX } from '../thinking/effort.js';
import type { FairQueue, FairRefusal } from '../thinking/fair-queue.js';
import { answerOf, type QuoteAnswer, type QuoteTask, type Thinker, ThinkingFailed } from '../thinking/thinker.js';
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

/** The whole menu of a bid at the prices of this moment. Reserves nothing and leaves nothing behind. */
export class QuoteBid {
  constructor(
    private readonly books: BookReader,
    private readonly ways: QuoteWays,
  ) {}

  async run({ marketId, organisationId, body }: QuoteRequest): Promise<QuoteOutcome> {
    const seen = await this.books.find(marketId, organisationId);
    if (!seen) return { kind: 'market_unknown' };
    if (seen.cells <= CELLS_AT_ONCE_MAX) return this.quote(seen, body, (task) => answerOf(task, this.ways.oracle));
    return this.inTurn(seen, organisationId, () => this.quote(seen, body, (task) => this.ways.thinker.quote(task)));
  }

  private async inTurn(seen: SeenMarket, organisationId: bigint, work: () => Promise<QuoteOutcome>): Promise<QuoteOutcome> {
    const pending = this.ways.queue.run({ tenantId: seen.operatorId, organisationId }, work);
    if (typeof pending === 'string') return REFUSALS[pending];
    try {
      return await pending;
    } catch (cause) {
      if (cause instanceof ThinkingFailed) return FAILED;
      throw cause;
    }
  }

  private async quote(
    seen: SeenMarket,
    body: BidBody,
    think: (task: QuoteTask) => QuoteAnswer | Promise<QuoteAnswer>,
  ): Promise<QuoteOutcome> {
    const open = await this.books.read(seen);
    if (!open) return { kind: 'market_unknown' };
    const { state, book } = open;
    const reading = toBid(body, state);
    if (reading.kind === 'faults') return reading;
    const arrivalSlot = arrivalOf(state.head);
    const answer = await think({ book, bid: reading.bid, arrival: arrivalSlot });
    return { kind: 'quoted', priceVersion: state.priceVersion, arrivalSlot, ...answer };
  }
}
