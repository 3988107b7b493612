import type { BidBody, BodyFault } from '#kinds';
import type { Micros } from '#units';
import { arrivalOf, type OpenBook } from '../book/index.js';
import { isLongMenu } from '../thinking/effort.js';
import type { Busy } from '../thinking/busy.js';
import { answerOf, type QuoteAnswer } from '../thinking/thinker.js';
import type { BudgetsSeen } from '../budgets/index.js';
import type { BookReader } from './book-reader.js';
import { capsOn, seenBudgets, type ToldBudget, toldBudget } from './budget-caps.js';
import { type BookRequest, onBook, type QuoteWays, type ThinkInTurn } from './on-book.js';

/** A bid that somebody asks a quote for. */
export interface QuoteRequest extends BookRequest {
  readonly body: BidBody;
  /** With which key the bid would be placed: budgets may count it by that. */
  readonly keyId?: bigint | undefined;
}

interface Quoted extends Omit<QuoteAnswer, 'beyond'> {
  /** What would be best, where a budget has no room for it, with that budget and what it would take of it. */
  readonly beyond?: { readonly completion: number; readonly price: Micros; readonly budget: ToldBudget; readonly takes: Micros };
  readonly kind: 'quoted';
  readonly priceVersion: bigint;
  readonly arrivalSlot: number;
  readonly best: { readonly completion: number; readonly price: Micros; readonly value: Micros } | null;
}

/** A quote, or why there is none. */
export type QuoteOutcome =
  { readonly kind: 'market_unknown' } | { readonly kind: 'faults'; readonly faults: readonly BodyFault[] } | Busy | Quoted;

interface Asked {
  readonly request: QuoteRequest;
  readonly budgets: BudgetsSeen | undefined;
}

/** The whole menu of a bid at the prices of this moment. Reserves nothing and leaves nothing behind. */
export class QuoteBid {
  constructor(
    private readonly books: BookReader,
    private readonly ways: QuoteWays,
  ) {}

  async run(request: QuoteRequest): Promise<QuoteOutcome> {
    const budgets = await seenBudgets(this.ways, request);
    return onBook<QuoteOutcome>({ books: this.books, ways: this.ways }, request, (open, inTurn) =>
      this.quote(open, { request, budgets }, inTurn),
    );
  }

  /** @param inTurn how thinking waits for its turn. */
  private async quote(open: OpenBook, { request, budgets }: Asked, inTurn: ThinkInTurn<QuoteOutcome>): Promise<QuoteOutcome> {
    const { body } = request;
    const { state, book } = open;
    const { kinds, thinker, queue, loop } = this.ways;
    const reading = kinds.parse(body, state);
    if (reading.kind === 'faults') return reading;
    const { kind, job, valuation } = reading.bid;
    const task = { book, kind: kind.name, job, valuation, arrival: arrivalOf(state.head), caps: capsOn(budgets, open, request) };
    const quoted = ({ beyond, ...answer }: QuoteAnswer): QuoteOutcome => {
      const cap = beyond && task.caps?.[beyond.cap];
      const told = cap && { beyond: { ...beyond, budget: toldBudget(budgets, cap) } };
      return { kind: 'quoted', priceVersion: state.priceVersion, arrivalSlot: task.arrival, ...answer, ...told };
    };
    if (isLongMenu(book, body, kinds)) return inTurn(queue, async () => quoted(await thinker.quote(task)));
    return inTurn(loop, () => Promise.resolve(quoted(answerOf(task, kinds))));
  }
}
