import { formatMicros, invariant, micros, type Micros } from '#units';
import type { Book } from './book.js';
import type { Oracle } from './oracle/oracle.js';
import { paymentLines, totalOf } from './payment.js';
import type { Bid, Decision, Job, Menu, MenuEntry, PaymentLine, Refusal, RefusalCode } from './types.js';
import { valueAt } from './valuation.js';

interface PricedEntry extends MenuEntry {
  readonly lines: readonly PaymentLine[];
}

/** An entry of the menu with what the bid says it is worth. */
interface Offer {
  readonly entry: PricedEntry;
  readonly value: Micros;
}

/**
 * Walks a job's menu from the earliest completion on: yields, slot by slot, the entry that completes by then where it is cheaper than
 * all before, else undefined. Prices are exact sums of payment lines and strictly fall.
 */
function* entriesOf(book: Book, job: Job, arrival: number, oracle: Oracle): Generator<PricedEntry | undefined> {
  const search = oracle.open(book, job, arrival);
  const end = book.baseSlot + book.slotCount;
  let estimate = Infinity;
  let cheapest: bigint | undefined;
  for (let completion = arrival; completion < end; completion++) {
    const next = search.advance();
    let found: PricedEntry | undefined;
    if (next < estimate) {
      estimate = next;
      const schedule = search.schedule();
      const lines = paymentLines(book, job, schedule);
      const price = totalOf(lines);
      if (cheapest === undefined || price < cheapest) {
        cheapest = price;
        found = { completion, price, schedule, lines };
        invariant(schedule[schedule.length - 1].slot === completion, 'a cheaper plan uses the slot that was opened last');
      }
    }
    yield found;
  }
}

const hasData = (job: Job): boolean => job.chunks.some((chunks) => chunks > 0);
const inWindow = (book: Book, slot: number): boolean => slot >= book.baseSlot && slot < book.baseSlot + book.slotCount;

/**
 * The whole menu c(d) of a job at posted prices (docs/mechanism.md section 5): one entry per completion from the first possible on; an
 * entry repeats the one before it where a later completion is no cheaper. Does not depend on any valuation.
 */
export function menuOf({ book, job, arrival, oracle }: { book: Book; job: Job; arrival: number; oracle: Oracle }): Menu {
  if (!hasData(job) || !inWindow(book, arrival)) return [];
  const menu: MenuEntry[] = [];
  let current: PricedEntry | undefined;
  let completion = arrival;
  for (const found of entriesOf(book, job, arrival, oracle)) {
    current = found ?? current;
    if (current) menu.push({ completion, price: current.price, schedule: current.schedule });
    completion++;
  }
  return menu;
}

/** What the walk over the menu keeps: the best offer for the bidder, and what a refusal tells. */
interface Walk {
  best?: Offer;
  /** The passing offer of most utility, payable or not. */
  passing?: Offer;
  nearest?: Offer;
  cheapest?: Offer;
}

const utilityOf = ({ entry, value }: Offer): bigint => value - entry.price;

function consider(walk: Walk, offer: Offer, fundsMicros: bigint | undefined): void {
  const utility = utilityOf(offer);
  walk.cheapest = offer; // prices fall along the walk
  if (!walk.nearest || utility > utilityOf(walk.nearest)) walk.nearest = offer;
  if (utility <= 0n) return;
  if (!walk.passing || utility > utilityOf(walk.passing)) walk.passing = offer;
  const payable = fundsMicros === undefined || offer.entry.price <= fundsMicros;
  if (payable && (!walk.best || utility > utilityOf(walk.best))) walk.best = offer;
}

/**
 * Walks the menu as long as it can matter: later completions are worth no more and prices are not negative, so once f(d) is no more
 * than the best utility found, no later entry wins. (Where nothing has been possible yet, the walk goes on until something is, so that
 * the reason of a refusal is right.) Stopping early changes no outcome.
 */
function walkMenu(book: Book, bid: Bid, arrival: number, oracle: Oracle, fundsMicros: bigint | undefined): Walk {
  const walk: Walk = {};
  let d = 0;
  for (const entry of entriesOf(book, bid.job, arrival, oracle)) {
    const value = valueAt(bid.valuation, d++);
    if (entry) consider(walk, { entry, value }, fundsMicros);
    const bar = walk.best ? utilityOf(walk.best) : 0n;
    if (walk.cheapest && value <= bar) break;
  }
  return walk;
}

const shown = ({ entry, value }: Offer): { completion: number; price: Micros; value: Micros } => ({ completion: entry.completion, price: entry.price, value });

function refusalOf(code: RefusalCode, detail: string, walk: Walk = {}): Refusal {
  return { code, detail, ...(walk.nearest && { nearest: shown(walk.nearest) }), ...(walk.cheapest && { cheapest: shown(walk.cheapest) }) };
}

function priceDetail(nearest: Offer, cheapest: Offer): string {
  const missed = `price ${formatMicros(nearest.entry.price)} is not below value ${formatMicros(nearest.value)} at completion ${nearest.entry.completion}`;
  return cheapest === nearest ? missed : `${missed}; at completion ${cheapest.entry.completion} the price is ${formatMicros(cheapest.entry.price)}`;
}

/** Why a walked menu holds nothing for the bid, in the order of docs/refusals.md. */
function refusalOfWalk(walk: Walk, fundsMicros: bigint | undefined): Refusal {
  const { nearest, cheapest, passing } = walk;
  if (!nearest || !cheapest) return refusalOf('no_feasible_schedule', 'no schedule within the horizon covers every chunk with the capacity and bandwidth that are left');
  if (!passing) return refusalOf('price_above_value', priceDetail(nearest, cheapest), walk);
  const wanted = `completion ${passing.entry.completion} costs ${formatMicros(passing.entry.price)}`;
  return refusalOf('insufficient_funds', `${wanted}; the wallet can pay ${formatMicros(fundsMicros ?? 0n)}`, { ...walk, nearest: passing });
}

/** What is wrong before any schedule is looked for; undefined where nothing is. */
function refusalBefore(book: Book, job: Job, arrival: number): Refusal | undefined {
  invariant(job.chunks.length === book.siteCount, 'a job says how many chunks it has at every site');
  if (!hasData(job)) return refusalOf('no_data', 'the job has no chunks to train');
  if (!inWindow(book, arrival)) return refusalOf('beyond_horizon', `slot ${arrival} lies outside the slots on sale`);
  return undefined;
}

/**
 * The admission rule (paper, Algorithm 1): chooses the completion of most utility f(d) - c(d), the earliest on a tie, among the entries
 * that the wallet can pay; accepts where it is above zero. Pure: the book is not changed.
 * @param arrival absolute slot, the first in which the job may run. @param fundsMicros what the wallet can pay; without it, anything.
 */
export function admit({ book, bid, arrival, fundsMicros, oracle }: { book: Book; bid: Bid; arrival: number; fundsMicros?: bigint; oracle: Oracle }): Decision {
  const early = refusalBefore(book, bid.job, arrival);
  if (early) return { kind: 'refused', refusal: early };
  const walk = walkMenu(book, bid, arrival, oracle, fundsMicros);
  if (!walk.best) return { kind: 'refused', refusal: refusalOfWalk(walk, fundsMicros) };
  const { entry, value } = walk.best;
  invariant(entry.price <= value, 'nobody pays more than the value (individual rationality)');
  invariant(entry.price >= 0n, 'no payment is negative');
  return { kind: 'accepted', completion: entry.completion, value, payment: entry.price, schedule: entry.schedule, lines: entry.lines };
}

/** The whole menu, the best choice for the bid's valuation, and the reason where there is none. Reserves nothing. */
export function quote({ book, bid, arrival, oracle }: { book: Book; bid: Bid; arrival: number; oracle: Oracle }): {
  menu: Menu;
  best: { completion: number; price: Micros; value: Micros } | null;
  refusal?: Refusal;
} {
  const decision = admit({ book, bid, arrival, oracle });
  const menu = menuOf({ book, job: bid.job, arrival, oracle });
  if (decision.kind === 'refused') return { menu, best: null, refusal: decision.refusal };
  return { menu, best: { completion: decision.completion, price: micros(decision.payment), value: decision.value } };
}
