import { formatMicros, invariant, micros, type Micros } from '#units';
import type { Book } from './book.js';
import { brokenCap, capText } from './caps.js';
import { type BoundedOption, defer, type Deferred, mayPass, moreOf, promiseOf, takeBest } from './deferred.js';
import { mayFit } from './may-fit.js';
import { entryAt, inWindow, menuOf, ROUNDING_SLACK, saleEndOf } from './menu.js';
import type { Oracle, Search } from './oracle.js';
import { paymentLines, totalOf } from './payment.js';
import type { Bid, Decision, Menu, MenuEntry, PaymentLine, Refusal, RefusalCode, SpendingCap } from './types.js';
import { roundedValueAt, valueAt } from './valuation.js';

/** An entry of the menu with what the bid says it is worth. */
interface Candidate<Plan> {
  readonly entry: MenuEntry<Plan>;
  readonly value: Micros;
}

/** What the walk over the menu keeps: the best offer for the bidder, and what a refusal tells. */
interface MenuScan<Plan> {
  best?: Candidate<Plan>;
  /** The passing offer of most utility, payable or not. */
  winning?: Candidate<Plan>;
  /** The passing offer of most utility that the wallet can pay, whatever budgets leave. */
  affordable?: Candidate<Plan>;
  nearest?: Candidate<Plan>;
  cheapest?: Candidate<Plan>;
  /** Where no entry was priced because even a floor of the price leaves no chance: the completion that comes nearest. */
  floor?: BoundedOption;
  /** Of the completions passed over because the wallet cannot pay even a floor: the one that may be of most utility. */
  beyond?: BoundedOption;
  /** Whether the plain floor alone, which takes a job with room enough for one that fits, ruled out a completion; whether a sharp one did. */
  plain: boolean;
  sharp: boolean;
}

const newScan = <Plan>(): MenuScan<Plan> => ({ plain: false, sharp: false });

/** A completion with a price (or a floor of it) and what the bid says it is worth. */
interface QuotedOption {
  readonly completion: number;
  readonly price: Micros;
  readonly value: Micros;
}

const utilityOf = ({ entry, value }: Candidate<unknown>): bigint => value - entry.price;

function consider<Job, Plan>(walk: MenuScan<Plan>, offer: Candidate<Plan>, subject: Subject<Job, Plan>): void {
  const { fundsMicros, caps = [] } = subject;
  const utility = utilityOf(offer);
  if (!walk.cheapest || offer.entry.price < walk.cheapest.entry.price) walk.cheapest = offer;
  if (!walk.nearest || utility > utilityOf(walk.nearest)) walk.nearest = offer;
  if (utility <= 0n) return;
  if (isBetter(offer, walk.winning)) walk.winning = offer;
  const payable = fundsMicros === undefined || offer.entry.price <= fundsMicros;
  if (!payable || !isBetter(offer, walk.best)) return;
  if (isBetter(offer, walk.affordable)) walk.affordable = offer;
  if (caps.length === 0 || !brokenCap(caps, linesOf(subject, offer))) walk.best = offer;
}

const linesOf = <Job, Plan>({ book, bid, oracle }: Subject<Job, Plan>, { entry }: Candidate<Plan>): PaymentLine[] =>
  paymentLines(book, oracle.footprintOf(book.spec, bid.job, entry.plan));

/** More utility, or as much earlier. */
function isBetter(offer: Candidate<unknown>, than: Candidate<unknown> | undefined): boolean {
  if (!than) return true;
  const more = utilityOf(offer) - utilityOf(than);
  return more === 0n ? offer.entry.completion < than.entry.completion : more > 0n;
}

/** Whether an entry that cannot win is still worth telling in a refusal: the first, and those much cheaper than any before. */
const isWorthReporting = ({ cheapest, winning }: MenuScan<unknown>, bound: number): boolean =>
  !winning && (!cheapest || bound < 0.5 * Number(cheapest.entry.price));

/** What a walk is about. */
interface Subject<Job, Plan> {
  readonly book: Book;
  readonly bid: Bid<Job>;
  /** Absolute slot, the first in which the job may run. */
  readonly arrival: number;
  readonly oracle: Oracle<Job, Plan>;
  /** What the wallet can pay; without it, anything. */
  readonly fundsMicros?: bigint | undefined;
  /** What budgets leave; none where nothing is said. */
  readonly caps?: readonly SpendingCap[] | undefined;
}

/**
 * Walks the menu as long as it can matter. Later completions are worth no more and no price is negative: once f(d) is no more than the
 * best utility found, no later entry wins. A slot whose floor, the sharp floor, or then whose bound leaves it no more than that utility is
 * passed over. Neither changes an outcome. (Until anything is possible the walk goes on, so that a refusal tells what would have passed.)
 * A bound that is a little too high (docs/decisions/oracle.md) can hide an entry that wins, unless it is priced to be told. What is told
 * depends on what was passed over: if such an entry turns up behind a sharp floor, the walk is done again without those.
 * Once it is known that the job fits and passes, completions whose floor the wallet cannot pay are passed over too: they win nothing, and change no code.
 * Plans that are dear to find come last, the most promising first.
 */
function scanMenu<Job, Plan>(subject: Subject<Job, Plan>, floors: 'sharp' | 'plain'): MenuScan<Plan> {
  const { book, bid, arrival, oracle, fundsMicros, caps = [] } = subject;
  const funds = fundsMicros === undefined ? Infinity : Number(fundsMicros);
  const walk = newScan<Plan>();
  const planning = { book, job: bid.job, oracle };
  const search = oracle.open(book, bid.job, arrival);
  const deferred: Deferred = { left: [], assured: 0 };
  for (let completion = arrival, end = saleEndOf(book, arrival); completion < end; completion++) {
    const floor = search.advance();
    const value = roundedValueAt(bid.valuation, completion - arrival);
    const bar = Math.max(barOf(walk), deferred.assured);
    if ((walk.nearest ?? walk.floor ?? deferred.left[0]) && value <= bar) break;
    if (floor === Infinity || isRuledOut(walk, search, { completion, floor, value, bar, funds, floors })) continue;
    const bound = search.bound();
    const hasChance = mayPass(value, bound, bar);
    if (search.dear?.isDear() === true) {
      defer(deferred, search.dear, { completion, floor: bound, value }, caps.length === 0 ? funds : -Infinity);
      continue;
    }
    if (bound === Infinity || (!hasChance && !isWorthReporting(walk, bound))) continue;
    const entry = entryAt(planning, completion, search.plan());
    if (!entry) continue;
    if (!hasChance && walk.sharp && value > entry.price) return scanMenu(subject, 'plain');
    consider(walk, { entry, value: micros(BigInt(value)) }, subject);
  }
  scanDeferred(walk, deferred, search, subject);
  return walk;
}

/** The utility that an entry must beat, micro-credits. */
const barOf = ({ best }: MenuScan<unknown>): number => Number(best ? utilityOf(best) : 0n);

/** Looks at what was left for later, the most promising first, as long as it can matter. */
function scanDeferred<Job, Plan>(walk: MenuScan<Plan>, { left }: Deferred, search: Search<Plan>, subject: Subject<Job, Plan>): void {
  const { book, bid, oracle, fundsMicros } = subject;
  const funds = fundsMicros === undefined ? Infinity : Number(fundsMicros);
  for (let option = takeBest(left, search.dear, barOf(walk)); option; option = takeBest(left, search.dear, barOf(walk))) {
    const { completion, floor, value } = option;
    if (!mayPass(value, floor, barOf(walk))) {
      if (!walk.nearest && floor < Infinity) walk.floor = moreOf(walk.floor, option);
      return;
    }
    if (isBeyond(walk, option, funds)) continue;
    search.dear?.returnTo(completion);
    const plan = search.dear?.planBelow(value - barOf(walk) + ROUNDING_SLACK);
    const entry = entryAt({ book, job: bid.job, oracle }, completion, plan);
    if (entry) consider(walk, { entry, value: micros(BigInt(value)) }, subject);
    else noteProven(walk, search, option);
  }
}

/** Notes a completion whose search ended with the proof that nothing there passes, as long as nothing is priced. */
function noteProven(walk: MenuScan<unknown>, search: Search, { completion, value }: BoundedOption): void {
  const floor = search.dear?.floorOf(completion) ?? 0;
  if (!walk.nearest && floor < Infinity && !mayPass(value, floor, barOf(walk)))
    walk.floor = moreOf(walk.floor, { completion, floor, value });
}

/** A completion with its plain floor, and what an entry there has to beat. */
interface Trial extends BoundedOption {
  /** The utility to beat, micro-credits. */
  readonly bar: number;
  /** What the wallet can pay, micro-credits. */
  readonly funds: number;
  readonly floors: 'sharp' | 'plain';
}

/** Whether the plain floor or the sharp one leaves a completion no chance; notes by how much, as long as nothing is priced. */
function isRuledOut(walk: MenuScan<unknown>, search: Search, { completion, value, bar, funds, floors, floor: plain }: Trial): boolean {
  const byPlain = !mayPass(value, plain, bar);
  if (!byPlain && isBeyond(walk, { completion, floor: plain, value }, funds)) return true;
  const floor = byPlain || floors === 'plain' ? plain : search.floor();
  if (mayPass(value, floor, bar)) return isBeyond(walk, { completion, floor, value }, funds);
  if (byPlain) walk.plain = true;
  else walk.sharp = true;
  if (!walk.nearest && floor < Infinity) walk.floor = moreOf(walk.floor, { completion, floor, value });
  return true;
}

/** Whether a completion need not be priced: the wallet cannot pay even its floor, and a passing one says already what is missing; notes it. */
function isBeyond(walk: MenuScan<unknown>, floored: BoundedOption, funds: number): boolean {
  if (!walk.winning || floored.floor - ROUNDING_SLACK <= funds) return false;
  walk.beyond = moreOf(walk.beyond, floored);
  return true;
}

const shown = ({ entry, value }: Candidate<unknown>): QuotedOption => ({ completion: entry.completion, price: entry.price, value });

const shownFloor = ({ completion, floor, value }: BoundedOption): QuotedOption => ({
  completion,
  price: micros(BigInt(Math.floor(floor))),
  value: micros(BigInt(value)),
});

function refusalOf(code: RefusalCode, detail: string, { nearest, cheapest, floor }: Partial<MenuScan<unknown>> = {}): Refusal {
  return {
    code,
    detail,
    ...(nearest && { nearest: shown(nearest) }),
    ...(cheapest && { cheapest: shown(cheapest) }),
    ...(!nearest && floor && { floor: shownFloor(floor) }),
  };
}

const floorDetail = ({ completion, price, value }: QuotedOption): string =>
  `no schedule that completes by ${completion} costs less than ${formatMicros(price)}, its value is ${formatMicros(value)}; no other completion that is worth anything comes nearer`;

function priceDetail(nearest: Candidate<unknown>, cheapest: Candidate<unknown>): string {
  const missed = `price ${formatMicros(nearest.entry.price)} is not below value ${formatMicros(nearest.value)} at completion ${nearest.entry.completion}`;
  return cheapest === nearest
    ? missed
    : `${missed}; at completion ${cheapest.entry.completion} the price is ${formatMicros(cheapest.entry.price)}`;
}

/** What a market that has just opened adds to it. */
const openingDetail = ({ reach, slotCount }: Book): string =>
  reach < slotCount ? `; until its first bids are measured, the market sells no more than ${reach} slots ahead` : '';

/** Why a walked menu holds nothing for the bid, in the order of docs/refusals.md. */
function refusalOfWalk<Job, Plan>(walk: MenuScan<Plan>, subject: Subject<Job, Plan>): Refusal {
  const { book, bid, oracle, fundsMicros } = subject;
  const { nearest, cheapest, winning, affordable, floor, beyond } = walk;
  if (!nearest && floor) return refusalOf('price_above_value', floorDetail(shownFloor(floor)), walk);
  if (!nearest || !cheapest) return refusalOf('no_feasible_schedule', `${oracle.whyNone(bid.job)}${openingDetail(book)}`);
  if (!winning) return refusalOf('price_above_value', priceDetail(nearest, cheapest), walk);
  if (affordable) return refusalOf('budget_exhausted', budgetDetail(subject, affordable), { nearest: affordable, cheapest });
  const wanted = `completion ${winning.entry.completion} costs ${formatMicros(winning.entry.price)}`;
  const detail = `${wanted}; the wallet can pay ${formatMicros(fundsMicros ?? 0n)}`;
  const isBetter = beyond && promiseOf(beyond) > Number(utilityOf(winning));
  return { ...refusalOf('insufficient_funds', detail, { nearest: winning, cheapest }), ...(isBetter && { floor: shownFloor(beyond) }) };
}

function budgetDetail<Job, Plan>(subject: Subject<Job, Plan>, offer: Candidate<Plan>): string {
  const lines = linesOf(subject, offer);
  const cap = brokenCap(subject.caps ?? [], lines);
  invariant(cap !== undefined, 'what the wallet can pay and is not bought is beyond a budget');
  return `completion ${offer.entry.completion} costs ${formatMicros(offer.entry.price)}; ${capText(cap, lines)}`;
}

/** Whether it is open that the job fits at all: floors that need not know that ruled everything out. */
const isInDoubt = ({ nearest, floor, plain }: MenuScan<unknown>): boolean => !nearest && floor !== undefined && !plain;

/** What is wrong before any plan is looked for; undefined where nothing is. */
function refusalBefore<Job, Plan>({ book, bid, arrival, oracle }: Subject<Job, Plan>): Refusal | undefined {
  const lack = oracle.emptiness(book, bid.job);
  if (lack !== undefined) return refusalOf('no_data', lack);
  if (!inWindow(book, arrival)) return refusalOf('beyond_horizon', `slot ${arrival} lies outside the slots on sale`);
  return undefined;
}

/**
 * The admission rule (paper, Algorithm 1): chooses the completion of most utility f(d) - c(d), the earliest on a tie, among the entries
 * that the wallet can pay and budgets leave room for; accepts where it is above zero. Pure: the book is not changed.
 */
export function admit<Job, Plan>(subject: Subject<Job, Plan>): Decision<Plan> {
  const { book, bid, arrival, oracle } = subject;
  const early = refusalBefore(subject);
  if (early) return { kind: 'refused', refusal: early };
  const walk = scanMenu(subject, 'sharp');
  if (!walk.best) {
    const told = isInDoubt(walk) && !mayFit({ book, job: bid.job, arrival, oracle }, bid.valuation) ? newScan<Plan>() : walk;
    return { kind: 'refused', refusal: refusalOfWalk(told, subject) };
  }
  const { entry, value } = walk.best;
  invariant(entry.price <= value, 'nobody pays more than the value (individual rationality)');
  invariant(entry.price >= 0n, 'no payment is negative');
  const footprint = oracle.footprintOf(book.spec, bid.job, entry.plan);
  const lines = paymentLines(book, footprint);
  invariant(totalOf(lines) === entry.price, 'a payment is the sum of its lines');
  return { kind: 'accepted', completion: entry.completion, value, payment: entry.price, plan: entry.plan, footprint, lines };
}

/** What a bid would be answered, and what else it could have. */
export interface Quote<Plan = unknown> {
  readonly menu: Menu<Plan>;
  /** The best choice for the bid's valuation that budgets leave room for. */
  readonly best: QuotedOption | null;
  /** Why there is none, told from the whole menu. */
  readonly refusal?: Refusal;
}

/** The whole menu, and what is best in it for the bid. Reserves nothing. */
export function quote<Job, Plan>(subject: Omit<Subject<Job, Plan>, 'fundsMicros'>): Quote<Plan> {
  const { book, bid, arrival, oracle } = subject;
  const decision = admit(subject);
  const menu = menuOf({ book, job: bid.job, arrival, oracle });
  if (decision.kind === 'accepted')
    return { menu, best: { completion: decision.completion, price: decision.payment, value: decision.value } };
  const walk = newScan<Plan>();
  for (const entry of menu) consider(walk, { entry, value: valueAt(bid.valuation, entry.completion - arrival) }, subject);
  return { menu, best: null, refusal: walk.nearest ? refusalOfWalk(walk, subject) : decision.refusal };
}
