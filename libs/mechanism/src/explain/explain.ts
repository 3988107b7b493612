import { type Micros, micros } from '#units';
import { admit } from '../admission.js';
import type { Book } from '../book.js';
import { spentIn } from '../caps.js';
import { menuOf } from '../menu.js';
import type { Oracle } from '../oracle.js';
import { paymentLines } from '../payment.js';
import type { Bid, Decision, Footprint, Menu, MenuEntry, Refusal, SpendingCap, Valuation } from '../types.js';
import { valueAt } from '../valuation.js';
import { type BindingCell, dearestCells, missingCells } from './binding-cells.js';
import { extendedTo, raisedTo, type Wanted } from './least-value.js';

/** A bid that is to be explained, on the book as it stands. */
export interface Question<Job, Plan> {
  readonly book: Book;
  readonly bid: Bid<Job>;
  /** Absolute slot, the first in which the job may run. */
  readonly arrival: number;
  readonly oracle: Oracle<Job, Plan>;
  /** What the wallet can pay. */
  readonly fundsMicros: Micros;
  /** What budgets leave; none where nothing is said. */
  readonly caps?: readonly SpendingCap[] | undefined;
}

/** What the changed bid gets. */
export interface Passing {
  readonly completion: number;
  readonly price: Micros;
  readonly value: Micros;
  /** What has to be in the wallet beside what is there; 0 where it can pay. */
  readonly missingMicros: Micros;
}

/** A change with which the bid passes on this book: of its valuation, of the wallet alone, or of budgets alone. */
export interface Change extends Passing {
  readonly kind: 'value' | 'completion' | 'deposit' | 'budget';
  /** Of a change of budgets: by how much each of them has to be more, by its place in `caps`. */
  readonly raises?: readonly { readonly cap: number; readonly byMicros: Micros }[];
  /** Of the bid that passes. */
  readonly valuation: Valuation;
}

/** Why a bid is not accepted on a book, and with which least changes it is. */
export interface Explanation {
  /** What it would get now; null where it is refused. */
  readonly best: Omit<Passing, 'missingMicros'> | null;
  readonly refusal?: Refusal;
  /** Whether the job fits at all, whatever it is worth: a floor of the price may refuse one that does not. Null where nothing is asked for that could. */
  readonly fits: boolean | null;
  /** The cells that make it so: too little free of them, or paid most for. */
  readonly cells: readonly BindingCell[];
  /** Each is held against the admission rule: with it the bid is accepted, with a micro-credit less it is not. */
  readonly changes: readonly Change[];
}

type Accepted = Extract<Decision, { kind: 'accepted' }>;

/** The rule's answer for a bid of another worth, whatever the wallet holds; within what budgets leave. */
function accepted<Job, Plan>({ book, bid, arrival, oracle, caps }: Question<Job, Plan>, valuation: Valuation): Accepted | undefined {
  const decision = admit({ book, bid: { ...bid, valuation }, arrival, oracle, caps });
  return decision.kind === 'accepted' ? decision : undefined;
}

const missingOf = (price: Micros, fundsMicros: Micros): Micros => micros(price > fundsMicros ? price - fundsMicros : 0n);

/** What a bid of this valuation gets of a changed job: by the rule itself, with what the wallet lacks. Undefined where it is refused. */
export function passingOf<Job, Plan>(question: Question<Job, Plan>, valuation: Valuation): Passing | undefined {
  const decision = accepted(question, valuation);
  if (!decision) return undefined;
  const { completion, payment: price, value } = decision;
  return { completion, price, value, missingMicros: missingOf(price, question.fundsMicros) };
}

/**
 * Explains what a bid is answered on a book: by the admission rule itself, and by the whole menu. Pure; the book is not changed. Takes as long as a
 * quote and some decisions; where the job does not fit, as up to a dozen quotes.
 */
export function explain<Job, Plan>(question: Question<Job, Plan>): Explanation {
  const { book, bid, arrival, oracle, fundsMicros, caps } = question;
  const decision = admit({ book, bid, arrival, oracle, fundsMicros, caps });
  if (decision.kind === 'accepted') {
    const { completion, payment: price, value } = decision;
    return { best: { completion, price, value }, fits: true, cells: [], changes: [] };
  }
  const { refusal } = decision;
  const planning = { book, job: bid.job, arrival, oracle };
  if (!ABOUT_PLANS.has(refusal.code)) return { best: null, refusal, fits: null, cells: [], changes: [] };
  const menu = refusal.code === 'no_feasible_schedule' ? [] : menuOf(planning);
  if (menu.length === 0) return { best: null, refusal, fits: false, cells: missingCells(planning), changes: [] };
  const nearest = nearestOf(question, menu, refusal);
  const cells = nearest ? dearestCells(book, footprintOf(question, nearest)) : [];
  return { best: null, refusal, fits: true, cells, changes: changesOf(question, menu, refusal) };
}

/** The least changes that pass, of what the refusal is about. What budgets leave no room for is not told as passing, but where they are what has to change. */
function changesOf<Job, Plan>(question: Question<Job, Plan>, menu: Menu<Plan>, { code }: Refusal): Change[] {
  if (code === 'insufficient_funds') return deposits(question, menu);
  const others = code === 'budget_exhausted' ? menu.filter((entry) => lacksOf(question, entry).length === 0) : menu;
  const passing = [...raises(question, others), ...extensions(question, others)];
  return code === 'budget_exhausted' ? [...largerBudgets(question, menu), ...passing] : passing;
}

/** Refusals that another plan, price or wallet would change. */
const ABOUT_PLANS: ReadonlySet<Refusal['code']> = new Set([
  'no_feasible_schedule',
  'price_above_value',
  'budget_exhausted',
  'insufficient_funds',
]);

const footprintOf = <Job, Plan>({ book, bid, oracle }: Question<Job, Plan>, { plan }: MenuEntry<Plan>): Footprint =>
  oracle.footprintOf(book.spec, bid.job, plan);

/** The entry that the refusal is about: the one that misses by least; of those that pass and cannot be paid, the cheapest. */
function nearestOf<Job, Plan>({ bid, arrival }: Question<Job, Plan>, menu: Menu<Plan>, { code }: Refusal): MenuEntry<Plan> | undefined {
  const utilityOf = ({ completion, price }: MenuEntry<Plan>): bigint => valueAt(bid.valuation, completion - arrival) - price;
  const isPassing = code === 'insufficient_funds' || code === 'budget_exhausted';
  const told = isPassing ? menu.filter((entry) => utilityOf(entry) > 0n) : menu;
  const better = isPassing ? cheaper : (a: MenuEntry<Plan>, b: MenuEntry<Plan>) => utilityOf(a) > utilityOf(b);
  return told.reduce<MenuEntry<Plan> | undefined>((best, entry) => (!best || better(entry, best) ? entry : best), undefined);
}

const cheaper = (a: MenuEntry, b: MenuEntry): boolean => a.price < b.price;

/** The least worth by which the bid passes: that of the completion whose price asks for the least raise. */
function raises<Job, Plan>(question: Question<Job, Plan>, menu: Menu<Plan>): Change[] {
  for (const valuation of raised(question, menu).slice(0, TRIES_MAX)) {
    const decision = accepted(question, valuation);
    if (decision) return [changeOf('value', { decision, valuation, fundsMicros: question.fundsMicros })];
  }
  return [];
}

/** The valuations that are raised to an entry of the menu each, the least first; where none of them is worth anything in time, they are good for longer too. */
function raised<Job, Plan>({ bid, arrival }: Question<Job, Plan>, menu: Menu<Plan>): Valuation[] {
  const wanted = menu.map(({ completion, price }) => ({ d: completion - arrival, priceMicros: Number(price) }));
  const inTime = wanted.map((each) => raisedTo(bid.valuation, each)).filter((each) => each !== undefined);
  const late = (each: Wanted): Valuation | undefined => {
    const longer = extendedTo(bid.valuation, each.d);
    return longer && raisedTo(longer, each);
  };
  const all = inTime.length > 0 ? inTime : wanted.map(late).filter((each) => each !== undefined);
  return all.sort((one, other) => sizeOf(one) - sizeOf(other));
}

/** Entries of the menu that are tried: the rule's search may pass over one that the menu has. */
const TRIES_MAX = 4;

/** How much a valuation promises: those that are raised from the same one are compared by it. */
const sizeOf = (valuation: Valuation): number => {
  switch (valuation.kind) {
    case 'deadline':
    case 'linear':
      return valuation.value;
    case 'sigmoid':
      return valuation.scale;
    case 'table':
      return valuation.values.reduce((sum, value) => sum + value, 0);
  }
};

/** The earliest later completion at which the bid passes as it is worth now. */
function extensions<Job, Plan>(question: Question<Job, Plan>, menu: Menu<Plan>): Change[] {
  const { bid, arrival, fundsMicros } = question;
  for (const { completion, price } of menu) {
    const valuation = extendedTo(bid.valuation, completion - arrival);
    if (!valuation || valueAt(valuation, completion - arrival) <= price) continue;
    const decision = accepted(question, valuation);
    return decision ? [changeOf('completion', { decision, valuation, fundsMicros })] : [];
  }
  return [];
}

/** The least deposit: for the cheapest entry that is worth its price. */
function deposits<Job, Plan>(question: Question<Job, Plan>, menu: Menu<Plan>): Change[] {
  const { book, bid, arrival, oracle, fundsMicros } = question;
  const cheapest = nearestOf(question, menu, { code: 'insufficient_funds', detail: '' });
  if (!cheapest) return [];
  const decision = admit({ book, bid, arrival, oracle, fundsMicros: cheapest.price });
  return decision.kind === 'accepted' ? [changeOf('deposit', { decision, valuation: bid.valuation, fundsMicros })] : [];
}

/** By how much each budget is short of what an entry takes of it. */
function lacksOf<Job, Plan>(question: Question<Job, Plan>, entry: MenuEntry<Plan>): NonNullable<Change['raises']> {
  const { book, caps = [] } = question;
  const lines = caps.length === 0 ? [] : paymentLines(book, footprintOf(question, entry));
  return caps.flatMap((cap, index) => {
    const lack = spentIn(cap, lines) - cap.leftMicros;
    return lack > 0n ? [{ cap: index, byMicros: micros(lack) }] : [];
  });
}

/** The least amounts by which budgets have to be more: for the entry, of those that pass and can be paid, that lacks least in all. */
function largerBudgets<Job, Plan>(question: Question<Job, Plan>, menu: Menu<Plan>): Change[] {
  const { book, bid, arrival, oracle, fundsMicros, caps = [] } = question;
  const passes = ({ completion, price }: MenuEntry<Plan>): boolean =>
    price <= fundsMicros && valueAt(bid.valuation, completion - arrival) > price;
  const options = menu.filter(passes).map((entry) => lacksOf(question, entry));
  const [least] = options.sort((one, other) => Number(sumOf(one) - sumOf(other)));
  if (!least) return [];
  const more = caps.map((cap, index) => {
    const raise = least.find((each) => each.cap === index);
    return raise ? { ...cap, leftMicros: micros(cap.leftMicros + raise.byMicros) } : cap;
  });
  const decision = admit({ book, bid, arrival, oracle, fundsMicros, caps: more });
  return decision.kind === 'accepted'
    ? [{ ...changeOf('budget', { decision, valuation: bid.valuation, fundsMicros }), raises: least }]
    : [];
}

const sumOf = (raised: NonNullable<Change['raises']>): bigint => raised.reduce((sum, { byMicros }) => sum + byMicros, 0n);

interface Passed {
  readonly decision: Accepted;
  readonly valuation: Valuation;
  readonly fundsMicros: Micros;
}

const changeOf = (kind: Change['kind'], { decision, valuation, fundsMicros }: Passed): Change => ({
  kind,
  valuation,
  completion: decision.completion,
  price: decision.payment,
  value: decision.value,
  missingMicros: missingOf(decision.payment, fundsMicros),
});
