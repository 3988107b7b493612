import { type Menu, type Oracle, quote, type Refusal } from '#mechanism';
import type { Micros } from '#units';
import { type BidBody, type BodyFault, toBid } from '../bid-body.js';
import { arrivalOf } from '../book/index.js';
import type { BookReader } from './book-reader.js';

export interface QuoteRequest {
  readonly marketId: bigint;
  /** Who asks. */
  readonly organisationId: bigint;
  readonly body: BidBody;
}

export type QuoteOutcome =
  | { readonly kind: 'market_unknown' }
  | { readonly kind: 'faults'; readonly faults: readonly BodyFault[] }
  | {
      readonly kind: 'quoted';
      readonly priceVersion: bigint;
      readonly arrivalSlot: number;
      readonly menu: Menu;
      readonly best: { readonly completion: number; readonly price: Micros; readonly value: Micros } | null;
      readonly refusal?: Refusal;
    };

/** The whole menu of a bid at the prices of this moment. Reserves nothing and leaves nothing behind. */
export class QuoteBid {
  constructor(
    private readonly books: BookReader,
    private readonly oracle: Oracle,
  ) {}

  async run({ marketId, organisationId, body }: QuoteRequest): Promise<QuoteOutcome> {
    const open = await this.books.read(marketId, organisationId);
    if (!open) return { kind: 'market_unknown' };
    const { state, book } = open;
    const reading = toBid(body, state);
    if (reading.kind === 'faults') return reading;
    const arrivalSlot = arrivalOf(state.head);
    const answer = quote({ book, bid: reading.bid, arrival: arrivalSlot, oracle: this.oracle });
    return { kind: 'quoted', priceVersion: state.priceVersion, arrivalSlot, ...answer };
  }
}
