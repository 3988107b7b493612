import type { Kinds } from '#kinds';
import {
  beyondCaps,
  type BeyondCaps,
  type Book,
  type Density,
  priceAhead,
  quote,
  type Quote,
  type SpendingCap,
  type Valuation,
} from '#mechanism';
import { invariant } from '#units';
import { type MarketRows, openBook, type OpenBook, stateOf } from '../book/index.js';
import type { Clock } from '../clock/index.js';
import { BudgetTracker, type BudgetsSeen } from '../budgets/index.js';
import { decideBatch } from '../deciding/decide-batch.js';
import { decideChange } from '../deciding/decide-change.js';
import type { BatchRecord, Payer, QueuedBid, Wallet } from '../deciding/ports.js';
import { FundsTracker } from '../deciding/funds-tracker.js';
import { isChange } from '../lifecycle/change.js';
import type { LiveRow, RepairCommit } from '../lifecycle/repair-ports.js';
import { type ExplainAnswer, type ExplainTask, explanationOf } from './explain-task.js';
import { measure, type MeasureTask } from '../learning/fold.js';

/** Bids of one market to be decided by themselves. */
export interface BatchTask {
  /** Its book is changed: it holds what the record says once that is committed. */
  readonly open: OpenBook;
  readonly epoch: bigint;
  readonly bids: readonly QueuedBid[];
  /** Of all their bidders. */
  readonly wallets: readonly Wallet[];
  /** Where any of them has budgets. */
  readonly budgets?: BudgetsSeen | undefined;
  /** No further bid is taken once so long has been thought, ms. The first one is always decided. */
  readonly thinkMs: number;
  /** Of a bid that takes the place of an allocation, and is the only one: that allocation as it stands. */
  readonly changed?: { readonly live: LiveRow | undefined } | undefined;
}

/** What to write, and the price version after it. */
export interface BatchDraft {
  readonly record: BatchRecord;
  readonly priceVersion: bigint;
  readonly payers: readonly Payer[];
  /** What is written before it, of a bid that takes the place of an allocation. */
  readonly cancelled?: RepairCommit | undefined;
}

/** A quote to be thought about. */
export interface QuoteTask {
  readonly book: Book;
  /** The name of the kind of job, and the job as that kind has parsed it. */
  readonly kind: string;
  readonly job: unknown;
  readonly valuation: Valuation;
  /** The first slot in which it may run. */
  readonly arrival: number;
  /** What budgets leave; none where nothing is said. */
  readonly caps?: readonly SpendingCap[] | undefined;
}

/** A quote without its plans: they are never shown, and are most of it. */
export interface QuoteAnswer extends Omit<Quote, 'menu'> {
  readonly menu: readonly Pick<Quote['menu'][number], 'completion' | 'price'>[];
  /** What would be best, where budgets have no room for it. */
  readonly beyond?: BeyondCaps;
}

/** Does what may take longer than an event loop can spare. Everything that goes in or comes out can be sent to a thread. */
export interface Thinker {
  /** Builds a market's book from what is stored. */
  build(rows: MarketRows): Promise<OpenBook>;
  /** Why a bid is refused, and what would pass. The book must not be changed meanwhile. */
  explain(task: ExplainTask): Promise<ExplainAnswer>;
  /** Decides bids in the order given. The book must not be looked at meanwhile, nor used any further where this fails. */
  decide(task: BatchTask): Promise<BatchDraft>;
  /** The whole menu of a bid. The book must not be changed meanwhile. */
  quote(task: QuoteTask): Promise<QuoteAnswer>;
  /** What bids report of demand; undefined of those that say nothing. */
  measure(task: MeasureTask): Promise<readonly (Density | undefined)[]>;
}

/** Something could not be thought through: too much memory or time was wanted, or its thread ended. The cause says which. */
export class ThinkingFailed extends Error {
  override readonly name = 'ThinkingFailed';
}

/** Counted steps of pricing ahead with each batch: some milliseconds, in which a window of 100,000 cells is priced. */
const AHEAD_STEPS = 2_000_000;

/** Thinks where it is called, at once. */
export function createThinker(kinds: Kinds, clock: Clock): Thinker {
  return {
    build: (rows) => settled(() => openBook(stateOf(rows))),
    explain: (task) => settled(() => explanationOf(task, kinds)),
    decide: (task) => settled(() => draftOf(task, kinds, clock)),
    quote: (task) => settled(() => answerOf(task, kinds)),
    measure: (task) => settled(() => measure(task, kinds)),
  };
}

/** An exception becomes a rejection. */
const settled = <T>(work: () => T): Promise<T> => new Promise((resolve) => resolve(work()));

function draftOf({ wallets, budgets, thinkMs, changed, ...batch }: BatchTask, kinds: Kinds, clock: Clock): BatchDraft {
  const funds = new FundsTracker(wallets, budgets && new BudgetTracker(budgets));
  const bid = batch.bids.at(0);
  if (changed) {
    invariant(batch.bids.length === 1 && bid !== undefined && isChange(bid), 'a change is decided by itself');
    return { ...decideChange({ ...batch, ...changed, bid, funds, kinds }), payers: funds.payers() };
  }
  const endMs = clock.nowMs() + thinkMs;
  const drafted = decideBatch({ ...batch, funds, kinds, mayGoOn: () => clock.nowMs() < endMs });
  priceAhead(batch.open.book, AHEAD_STEPS); // until all slots are priced no bid is told to be quick to decide
  return { ...drafted, payers: funds.payers() };
}

/** Quotes a bid: the menu without its plans. */
export function answerOf({ book, kind: name, job, valuation, arrival, caps }: QuoteTask, kinds: Kinds): QuoteAnswer {
  const kind = kinds.named(name);
  invariant(kind !== undefined, `who thinks about a job of the kind ${name} knows it`);
  const subject = { book, bid: { job, valuation }, arrival, oracle: kind.oracle };
  const { menu, ...choice } = quote({ ...subject, caps });
  const beyond = caps && beyondCaps(subject, caps);
  return { ...choice, menu: menu.map(({ completion, price }) => ({ completion, price })), ...(beyond && { beyond }) };
}
