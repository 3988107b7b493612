import type { Kinds } from '#kinds';
import { type Book, explain, type Explanation, type Passing, passingOf, type SpendingCap, type Valuation } from '#mechanism';
import { invariant, type Micros } from '#units';

/** A bid to be explained, with other jobs that might do instead. */
export interface ExplainTask {
  readonly book: Book;
  /** The name of the kind of job, and the job as that kind has parsed it. */
  readonly kind: string;
  readonly job: unknown;
  readonly valuation: Valuation;
  /** The first slot in which it may run. */
  readonly arrival: number;
  /** What the wallet can pay. */
  readonly fundsMicros: Micros;
  /** What budgets leave; none where nothing is said. */
  readonly caps?: readonly SpendingCap[] | undefined;
  /** As the kind has parsed them. */
  readonly alternatives: readonly unknown[];
}

/** What explains a bid, and what each of the other jobs would get; undefined where it is refused. */
export interface ExplainAnswer extends Explanation {
  readonly alternatives: readonly (Passing | undefined)[];
}

/** Explains a bid. Alternatives are looked at only where the bid itself is refused. */
export function explanationOf(
  { book, kind: name, job, valuation, arrival, fundsMicros, caps, alternatives }: ExplainTask,
  kinds: Kinds,
): ExplainAnswer {
  const kind = kinds.named(name);
  invariant(kind !== undefined, `who thinks about a job of the kind ${name} knows it`);
  const question = { book, bid: { job, valuation }, arrival, oracle: kind.oracle, fundsMicros, caps };
  const explanation = explain(question);
  const others = explanation.best ? [] : alternatives;
  return { ...explanation, alternatives: others.map((other) => passingOf({ ...question, bid: { job: other, valuation } }, valuation)) };
}
