import type { BidBody, BodyFault, Kinds } from '#kinds';
import type { Micros } from '#units';
import { arrivalOf, type OpenBook } from '../book/index.js';
import { CELLS_AT_ONCE_MAX, isLongMenu } from '../thinking/effort.js';
import { type Busy, BUSY, busyWhereLate, QUOTE_FAILED } from '../thinking/busy.js';
import type { FairQueue, Party } from '../thinking/fair-queue.js';
import { atOnce, type InTurn } from '../thinking/in-turn.js';
import { answerOf, type QuoteAnswer, type Thinker, ThinkingFailed } from '../thinking/thinker.js';
import type { BookReader } from './book-reader.js';

/** A bid that somebody asks a quote for. */
export interface QuoteRequest {
  readonly marketId: bigint;
  /** Who asks. */
  readonly organisationId: bigint;
  /** The operator's family that it belongs to; itself where nothing is said. */
  readonly tenantId?: bigint;
  /** Whether nobody waits for the answer any more. */
  readonly isGone?: () => boolean;
  readonly body: BidBody;
}

interface Quoted extends QuoteAnswer {
  readonly kind: 'quoted';
  readonly priceVersion: bigint;
  readonly arrivalSlot: number;
  readonly best: { readonly completion: number; readonly price: Micros; readonly value: Micros } | null;
}

/** A quote, or why there is none. */
export type QuoteOutcome =
  { readonly kind: 'market_unknown' } | { readonly kind: 'faults'; readonly faults: readonly BodyFault[] } | Busy | Quoted;

/** How quotes are thought about: short ones here and now, long ones by the thinker, a few at a time and by turns. */
export interface QuoteWays {
  readonly kinds: Kinds;
  readonly thinker: Thinker;
  /** Turns for what the thinker does, and for what is done on the event loop: one at a time, with room for others in between. */
  readonly queue: FairQueue;
  readonly loop: FairQueue;
  /** Turns for what is read from the database; without them it is read at once. */
  readonly reads?: InTurn;
}

/** Thinks when it is its turn. */
type ThinkInTurn = (queue: FairQueue, work: () => Promise<QuoteOutcome>) => Promise<QuoteOutcome>;

async function turnIn(queue: FairQueue, party: Party, work: () => Promise<QuoteOutcome>): Promise<QuoteOutcome> {
  const pending = queue.run(party, work);
  if (typeof pending === 'string') return BUSY[pending];
  try {
    return await pending;
  } catch (cause) {
    if (cause instanceof ThinkingFailed) return QUOTE_FAILED;
    return busyWhereLate(cause);
  }
}

/** The whole menu of a bid at the prices of this moment. Reserves nothing and leaves nothing behind. */
export class QuoteBid {
  constructor(
    private readonly books: BookReader,
    private readonly ways: QuoteWays,
  ) {}

  async run({ marketId, organisationId, tenantId = organisationId, isGone, body }: QuoteRequest): Promise<QuoteOutcome> {
    const { queue, reads = atOnce } = this.ways;
    const reader = { tenantId, organisationId, ...(isGone && { isGone }) };
    const seen = await reads(reader, () => this.books.find(marketId, organisationId));
    if (!seen) return { kind: 'market_unknown' };
    const party = { ...reader, tenantId: seen.operatorId };
    const inTurn: ThinkInTurn = (turns, work) => turnIn(turns, party, work);
    if (this.books.has(seen)) return this.quote(await this.books.read(seen), body, inTurn);
    if (seen.cells <= CELLS_AT_ONCE_MAX) return this.quote(await reads(reader, () => this.books.read(seen)), body, inTurn);
    return inTurn(queue, async () => this.quote(await this.books.read(seen), body, (_, work) => work()));
  }

  /** @param inTurn how thinking waits for its turn. */
  private async quote(open: OpenBook | undefined, body: BidBody, inTurn: ThinkInTurn): Promise<QuoteOutcome> {
    if (!open) return { kind: 'market_unknown' };
    const { state, book } = open;
    const { kinds, thinker, queue, loop } = this.ways;
    const reading = kinds.parse(body, state);
    if (reading.kind === 'faults') return reading;
    const { kind, job, valuation } = reading.bid;
    const task = { book, kind: kind.name, job, valuation, arrival: arrivalOf(state.head) };
    const quoted = (answer: QuoteAnswer): QuoteOutcome => {
      return { kind: 'quoted', priceVersion: state.priceVersion, arrivalSlot: task.arrival, ...answer };
    };
    if (isLongMenu(book, body, kinds)) return inTurn(queue, async () => quoted(await thinker.quote(task)));
    return inTurn(loop, () => Promise.resolve(quoted(answerOf(task, kinds))));
  }
}
